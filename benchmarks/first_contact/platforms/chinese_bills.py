"""Generate bills of WeChat, Alipay and JD and the orders of a PDD seller, as their apps and seller pages export them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.own_shops import second
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.shop import Order, Shop
from benchmarks.first_contact.truth import Row, Sheet, Table, column, log, plain


def tab_behind(value: object) -> str:
    """Write a tab behind a number, so that spreadsheets leave it a text."""
    return f"{plain(value)}\t"


def yuan(value: object) -> str:
    """Write an amount of money behind the sign of the yuan."""
    return f"¥{value}"


def slash(value: object) -> str:
    """Write nothing as a slash."""
    return "/" if value is None else str(value)


def slash_tab(value: object) -> str:
    """Write nothing as a slash, and a number with a tab behind."""
    return "/" if value is None else tab_behind(value)


def dash(value: object) -> str:
    """Write nothing as a dash."""
    return "-" if value is None else plain(value)


def padded(value: object) -> str:
    """Write a text with blanks behind, as Alipay pads its cells."""
    return f"{plain(value)}    "


def second_tab(value: object) -> str:
    """Write a time to the second with a tab behind."""
    return tab_behind(second(value))


WECHAT = log(
    "wechat",
    [
        column("交易时间", "timestamp", second),
        column("交易类型"),
        column("交易对方", personal=True),
        column("商品", "string", slash),
        column("收/支"),
        column("金额(元)", "number", yuan),
        column("支付方式", personal=True),
        column("当前状态"),
        column("交易单号", "string", tab_behind),
        column("商户单号", "string", slash_tab),
        column("备注", "string", slash, personal=True),
    ],
    ("交易单号",),
    "交易时间",
    keys=(("交易单号",), ("商户单号",)),
)
ALIPAY = log(
    "alipay",
    [
        column("交易时间", "timestamp", second),
        column("交易分类"),
        column("交易对方", "string", padded, personal=True),
        column("对方账号", personal=True),
        column("商品说明", "string", padded),
        column("收/支"),
        column("金额", "number"),
        column("收/付款方式", personal=None),
        column("交易状态"),
        column("交易订单号", "string", tab_behind),
        column("商家订单号", "string", tab_behind),
        column("备注", "any", personal=True),
    ],
    ("交易订单号",),
    "交易时间",
    keys=(("交易订单号",), ("商家订单号",)),
)
JD = log(
    "jd",
    [
        column("交易时间", "timestamp", second_tab),
        column("商户名称"),
        column("交易说明"),
        column("金额", "number"),
        column("收/付款方式", personal=None),
        column("交易状态"),
        column("收/支"),
        column("交易分类"),
        column("交易订单号", "string", tab_behind),
        column("商家订单号", "string", tab_behind),
        column("备注", "any", lambda _: " ", personal=True),
    ],
    ("交易订单号",),
    "交易时间",
    keys=(("交易订单号",), ("商家订单号",)),
)
PDD = log(
    "pdd",
    [
        column("商品"),
        column("订单号"),
        column("订单状态"),
        column("商品总价(元)", "number"),
        column("店铺优惠折扣(元)", "number"),
        column("邮费(元)", "number"),
        column("用户实付金额(元)", "number"),
        column("商家实收金额(元)", "number"),
        column("商品数量(件)", "integer|number"),
        column("商品id"),
        column("商品规格"),
        column("商家编码-规格维度"),
        *(column(name, personal=True) for name in ("收货人", "手机", "详细地址")),
        column("省", personal=None),
        column("市", personal=True),
        column("订单成交时间", "timestamp", second),
        column("发货时间", "timestamp", lambda value: dash(None) if value is None else second(value)),
        column("快递单号", "string", dash),
        column("商家备注", "any", dash, personal=True),
    ],
    ("订单号",),
    "订单成交时间",
)
WECHAT_HEAD = (
    "微信支付账单明细,,,,,,,,,",
    "微信昵称：[测试],,,,,,,,,",
    "起始时间：[2025-10-20 00:00:00] 终止时间：[2025-10-20 23:59:59],,,,,,,,,",
    "导出类型：[全部],,,,,,,,,",
    ",,,,,,,,,",
    "----------------------微信支付账单明细列表--------------------,,,,,,,,,",
)
ALIPAY_HEAD = (
    "------------------------------------------------------------------------------------",
    "导出信息：",
    "姓名：测试",
    "起始时间：[2025-10-20 00:00:00]    终止时间：[2025-10-20 23:59:59]",
    "导出交易类型：[全部]",
    "",
    "特别提示：",
    "1.本回单内容可表明支付宝受理了相应支付交易申请。",
    "------------------------支付宝支付科技有限公司  电子客户回单------------------------",
)
JD_HEAD = (
    "导出信息：",
    "京东账号名：test",
    "日期区间：2025-10-20 至 2025-10-20",
    "导出交易类型：全部",
    "",
    "特别提示：",
    "1.本明细仅展示当前账单中的交易。",
    "",
)


def number_of_payment(order: Order, head: int) -> str:
    """Return a number of 28 digits, as payments have."""
    return f"{head}{order.at:%Y%m%d}{order.number * 7919:016d}"


def wechat_row(order: Order) -> Row:
    """Describe an order as WeChat's bill does."""
    refund = order.number % 17 == 0
    return {
        "交易时间": order.at.replace(microsecond=0),
        "交易类型": "扫二维码付款" if order.number % 4 == 0 else "商户消费",
        "交易对方": order.customer.name("zh"),
        "商品": None if order.number % 6 == 0 else order.lines[0].product.title("zh"),
        "收/支": "收入" if refund else "支出",
        "金额(元)": order.total,
        "支付方式": "零钱" if order.number % 3 else "招商银行(1234)",
        "当前状态": "已全额退款" if refund else "支付成功",
        "交易单号": number_of_payment(order, 4200),
        "商户单号": None if order.number % 4 == 0 else f"{order.number * 104_729:020d}",
        "备注": None,
    }


def alipay_row(order: Order) -> Row:
    """Describe an order as Alipay's bill does."""
    return {
        "交易时间": order.at.replace(microsecond=0),
        "交易分类": ("日用百货", "家居家装", "餐饮美食")[order.number % 3],
        "交易对方": order.customer.name("zh"),
        "对方账号": f"{order.customer.phone('zh')[:3]}******{order.customer.phone('zh')[-2:]}",
        "商品说明": order.lines[0].product.title("zh"),
        "收/支": "不计收支" if order.number % 19 == 0 else "支出",
        "金额": order.total,
        "收/付款方式": "花呗" if order.number % 3 else "余额宝",
        "交易状态": "交易成功",
        "交易订单号": number_of_payment(order, 2200),
        "商家订单号": f"T200P{order.number * 104_729:018d}",
    }


def jd_row(order: Order) -> Row:
    """Describe an order as JD's bill does."""
    return {
        "交易时间": order.at.replace(microsecond=0),
        "商户名称": "京东平台商户",
        "交易说明": order.lines[0].product.title("zh"),
        "金额": order.total,
        "收/付款方式": "微信支付" if order.number % 3 else "京东白条",
        "交易状态": "交易成功",
        "收/支": "支出",
        "交易分类": ("居家日用", "食品酒饮", "数码电器")[order.number % 3],
        "交易订单号": f"{300_000_000_000 + order.number * 7919}",
        "商家订单号": f"{order.number * 104_729:016d}",
    }


def pdd_row(order: Order) -> Row:
    """Describe an order as a PDD seller's export does."""
    line, person = order.lines[0], order.customer
    off = (line.price / 20).quantize(Decimal("0.01")) if order.number % 3 == 0 else Decimal("0.00")
    sent = order.at + timedelta(hours=3)
    done = sent.date() == order.at.date()
    total = line.price * line.quantity
    return {
        "商品": line.product.title("zh"),
        "订单号": f"{order.at:%y%m%d}-{order.number * 99_991:015d}",
        "订单状态": "已发货，待收货" if done else "待发货",
        "商品总价(元)": total,
        "店铺优惠折扣(元)": off,
        "邮费(元)": Decimal("0.00"),
        "用户实付金额(元)": total - off,
        "商家实收金额(元)": total - off,
        "商品数量(件)": line.quantity,
        "商品id": f"{600_000_000_000 + line.product.number * 7919}",
        "商品规格": f"{('白', '黑', '绿', '蓝', '红', '灰')[line.product.colour]}色,均码",
        "商家编码-规格维度": line.product.sku,
        "收货人": person.name("zh"),
        "手机": person.phone("zh"),
        "详细地址": person.street("zh"),
        "省": "浙江省",
        "市": person.city("zh"),
        "订单成交时间": order.at.replace(microsecond=0),
        "发货时间": sent.replace(microsecond=0) if done else None,
        "快递单号": f"YT{order.number * 7919:013d}" if done else None,
    }


def sheets(shop: Shop, number: int, *, table: Table, row: Callable[[Order], Row], stem: str, layout: Csv) -> Sequence[Sheet]:
    """Return the bill of a day."""
    return [Sheet(table, dated(stem, calendar.day(number), "csv"), [row(order) for order in shop.orders(number)], layout)]


def _platform(name: str, table: Table, row: Callable[[Order], Row], stem: str, layout: Csv) -> Platform:
    return Platform(name, (table,), partial(sheets, table=table, row=row, stem=stem, layout=layout))


WECHAT_BILL = _platform("wechat bill", WECHAT, wechat_row, "微信支付账单", Csv(encoding="utf-8-sig", before=WECHAT_HEAD))
ALIPAY_BILL = _platform("alipay bill", ALIPAY, alipay_row, "alipay_record", Csv(encoding="gbk", before=ALIPAY_HEAD, trailing=True))
JD_BILL = _platform("jd bill", JD, jd_row, "京东交易流水", Csv(encoding="utf-8-sig", before=JD_HEAD))
PDD_ORDERS = _platform("pdd orders", PDD, pdd_row, "orders_export", Csv(encoding="utf-8-sig"))
