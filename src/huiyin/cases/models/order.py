"""The order (工单): one unit's part in a case. A unit has at most one per case; it is reopened, not doubled."""

from typing import ClassVar

from django.db import models

from huiyin.cases.enums import OPEN_ORDER, OrderRole, OrderStatus
from huiyin.cases.models.case import words
from huiyin.kernel.ids import new_id


class Order(models.Model):
    """What a unit's worklist shows: open ones by due date, all by newest."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="orders", db_index=False)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=8, choices=words(OrderRole))
    status = models.CharField(max_length=12, choices=words(OrderStatus), default=OrderStatus.PLACED)
    is_open = models.BooleanField(default=True)
    placed_by = models.CharField(max_length=64, default="")
    """Code of the unit that passed the work down; empty when the desk placed it."""
    designated = models.BooleanField(default=False)
    """Named by a ruling: it may not be returned again."""
    placed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    owed_at = models.DateTimeField(null=True)
    """When what the unit owes also after the case is closed, or after another leads, is due: a demanded report."""
    signed_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case", "unit", name="order_once_a_unit")]
        indexes: ClassVar = [
            models.Index(fields=["unit", "due_at", "id"], name="order_worklist", condition=models.Q(is_open=True)),
            models.Index(
                fields=["unit", "due_at", "id"],
                name="order_unsigned",
                condition=models.Q(is_open=True, status=OrderStatus.PLACED),
            ),
            models.Index(fields=["unit", "-id"], name="order_unit_new"),
            models.Index(
                fields=["unit", "owed_at", "id"], name="order_owed", condition=models.Q(owed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.unit_id}"

    @property
    def helps(self) -> bool:
        """Whether the unit assists or works below, or has done so; not when it declined or was taken out."""
        out = {OrderStatus.RETURNED, OrderStatus.WITHDRAWN}
        return self.role != OrderRole.LEAD and self.status not in out

    def move_to(self, status: OrderStatus) -> None:
        """Set the status and the indexed flag that goes with it."""
        self.status = status
        self.is_open = status in OPEN_ORDER
