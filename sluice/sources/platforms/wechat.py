"""Describe bills of WeChat Pay: a person's, and a merchant's."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a WeChat Pay bill",
        headers=(("交易时间", "交易类型", "交易对方", r"金额\(元\)", "交易单号"),),
        columns=(
            ColumnFacts("交易时间", "timestamp", personal=False),
            ColumnFacts("交易对方|支付方式|备注", "string", personal=True, empty=("/",)),
            ColumnFacts(r"金额\(元\)", "number", personal=False, unit="CNY"),
            ColumnFacts("交易类型|商品|收/支|当前状态|交易单号|商户单号", "string", personal=False, empty=("/",)),
        ),
        key=("交易单号",),
        time=("交易时间",),
        mode="append",
        guard=("padding",),
        zone="Asia/Shanghai",
        remarks=(
            "amounts are in yuan",
            "times are those of Beijing",
        ),
    ),
    Platform(
        title="a WeChat Pay merchant bill",
        headers=(("交易时间", "商户号", "微信订单号", "商户订单号", "交易状态"),),
        columns=(
            ColumnFacts("交易时间", "timestamp", personal=False),
            ColumnFacts("用户标识|商户数据包", "string", personal=True),
            ColumnFacts("公众账号ID|.*商户号|设备号|.*单号|.*类型|交易状态|付款银行|货币种类|商品名称|费率(备注)?", "string", personal=False),
            ColumnFacts(".*金额.*|手续费", "number", personal=False, unit="CNY"),
        ),
        key=("微信订单号", "微信退款单号"),
        blank_key=True,
        time=("交易时间",),
        mode="append",
        notes=True,
        guard=("backtick", "padding"),
        zone="Asia/Shanghai",
        remarks=(
            "amounts are in yuan, other than in the API",
            "the last two lines are a summary",
        ),
    ),
)
