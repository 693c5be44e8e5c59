"""The hotline (12345): consultations answered, other matters dispatched, handled, called back, closed.

What happens is in `procedures/*.yaml`, how long it may take in `limits/*.yaml`; both are data and published.
Legal basis: Anhui plan 皖政办秘〔2021〕65号; rules of other cities where Anhui has no figure, each named.
Words: answer on the spot 直办, dispatch 转办, callback 回访. Start at `procedures/hotline.yaml`.
"""
