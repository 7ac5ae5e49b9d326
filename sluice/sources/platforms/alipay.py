"""Describe bills of Alipay."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="an Alipay bill",
        headers=(("交易时间", "交易分类", "交易对方", "对方账号", "金额", "交易订单号"), ("交易创建时间", "交易号", "交易对方", "金额.元.")),
        columns=(
            ColumnFacts("交易时间|.*创建时间|付款时间|最近修改时间", "timestamp", personal=False),
            ColumnFacts("交易对方|对方账号|收/付款方式|备注", "string", personal=True),
            ColumnFacts(r"金额.*|服务费.*|成功退款.*", "number", personal=False, unit="CNY"),
            ColumnFacts("交易分类|商品.*|收/支|交易状态|交易订单号|商家订单号|交易号|类型|资金状态", "string", personal=False),
        ),
        key=("交易订单号|交易号",),
        time=("交易时间", "交易创建时间"),
        mode="append",
        notes=True,
        guard=("padding",),
        zone="Asia/Shanghai",
        remarks=(
            "a refund is a row of its own, whose id continues that of the payment",
            "times are those of Beijing",
        ),
    ),
)
