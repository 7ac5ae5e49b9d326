"""Describe bills of JD."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a JD bill",
        headers=(("交易时间", "商户名称", "交易说明", "金额", "交易订单号"),),
        columns=(
            ColumnFacts("交易时间", "timestamp", personal=False),
            ColumnFacts("收/付款方式|备注", "string", personal=True),
            ColumnFacts("金额|商户名称|交易说明|收/支|交易状态|交易分类|交易订单号|商家订单号", "string", personal=False),
        ),
        key=("交易订单号",),
        time=("交易时间",),
        mode="append",
        guard=("padding",),
        zone="Asia/Shanghai",
        remarks=(
            "金额 is text, since refunds are noted beside an amount: 100.00(已退款20.00)",
            "times are those of Beijing",
        ),
    ),
)
