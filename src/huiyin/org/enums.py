"""Kinds and levels of units and areas."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitKind(TextChoices):
    """What sort of body a unit is."""

    GOVERNMENT = "government", _("人民政府")
    DEPARTMENT = "department", _("政府部门")
    STREET = "street", _("街道")
    TOWN = "town", _("镇")
    TOWNSHIP = "township", _("乡")
    VILLAGE = "village", _("村")
    COMMUNITY = "community", _("社区")
    DISTRICT = "district", _("区")
    ZONE = "zone", _("开发园区")
    HOTLINE_CENTRE = "hotline_centre", _("热线中心")
    PUBLIC_INSTITUTION = "public_institution", _("事业单位")
    UTILITY = "utility", _("公用事业单位")
    ENTERPRISE = "enterprise", _("企业")
    PARTY_BODY = "party_body", _("党委机构")
    MASS_BODY = "mass_body", _("群团组织")
    OTHER = "other", _("其他单位")


class UnitLevel(TextChoices):
    """At which level of government a unit stands."""

    CITY = "city", _("地市级")
    COUNTY = "county", _("县级")
    TOWNSHIP = "township", _("乡镇级")
    VILLAGE = "village", _("村级")


class AreaLevel(TextChoices):
    """Level of an area; its code has 6, 9 or 12 digits accordingly."""

    COUNTY = "county", _("县级")
    TOWNSHIP = "township", _("乡镇级")
    VILLAGE = "village", _("村级")


class AreaKind(TextChoices):
    """What sort of area it is called; a township that becomes a town keeps its code and its level."""

    COUNTY = "county", _("县市区")
    STREET = "street", _("街道")
    TOWN = "town", _("镇")
    TOWNSHIP = "township", _("乡")
    VILLAGE = "village", _("村")
    COMMUNITY = "community", _("社区")


TOWNSHIP_KINDS = frozenset({UnitKind.STREET, UnitKind.TOWN, UnitKind.TOWNSHIP})
"""Kinds that law groups as 乡镇、街道: a department may not push its own duty down to them."""
