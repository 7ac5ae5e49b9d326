"""Describe the order export of a shop on Pinduoduo (PDD)."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a PDD order export",
        headers=(("订单号", "订单状态", r"商品总价\(元\)|商家实收金额\(元\)|用户实付金额\(元\)"),),
        columns=(
            ColumnFacts("收货人.*|.*手机.*|.*电话.*|.*地址.*|详细地址|买家.*|.*备注|身份证.*|省|市|区|街道", "string", personal=True),
            ColumnFacts(r".*\(元\)", "number", personal=False, unit="CNY"),
            ColumnFacts(r".*\(件\)", "integer", personal=False),
            ColumnFacts(".*时间", "timestamp", personal=False),
            ColumnFacts(".*单号|.*编码.*|.*id|商品|商品规格|.*状态|快递公司", "string", personal=False),
        ),
        key=("订单号",),
        empty=("-", "--", "#NULL!"),
        time=("订单成交时间", "拼单成功时间", "支付时间"),
        guard=("padding",),
        zone="Asia/Shanghai",
        remarks=(
            "amounts are in yuan, other than in the API",
            "times are those of Beijing",
        ),
    ),
)
