"""Made-up bills and orders of Chinese systems."""

from __future__ import annotations

from tests.unit.sources.platforms.sample import Sample, as_csv

SHOPS = ("山茶家居", "云杉文具", "木兰厨具", "白桦灯饰", "青竹茶具")


def at(day: int, number: int) -> str:
    return f"2026-11-{26 + day} {8 + number // 6:02}:{number % 6}5:12"


def wechat(day: int) -> bytes:
    header = ["交易时间", "交易类型", "交易对方", "商品", "收/支", "金额(元)", "支付方式", "当前状态", "交易单号", "商户单号", "备注"]
    rows: list[list[object]] = []
    for number in range(40):
        middle = ["商户消费", SHOPS[number % 5], f"订单{number}", "支出", f"¥{28 + number}.16", "零钱", "支付成功"]
        rows.append([at(day, number), *middle, f"42000026112{day}{number:04}\t", f"1000{day}{number:04}\t" if number % 5 else "/", "/"])
    return ("微信支付账单明细,,,,,,,,,,\n----------------------微信支付账单明细列表--------------------,,,,,,,,,,\n").encode() + as_csv(header, rows)


def alipay(day: int) -> bytes:
    header = ["交易时间", "交易分类", "交易对方", "对方账号", "商品说明", "收/支", "金额", "收/付款方式", "交易状态", "交易订单号", "商家订单号", "备注", ""]
    rows: list[list[object]] = []
    for number in range(40):
        middle = ["日用百货", SHOPS[number % 5], f"sho***@{number % 5}.com", f"商品{number}", "支出", f"{49 + number}.74", "花呗", "交易成功"]
        rows.append([at(day, number), *middle, f"20261126220014{day}{number:04}\t", f"T200P{day}{number:04}\t", "", ""])
    total = "----------------\n共40笔记录\n已收入:0笔,0.00元\n待收入:0笔,0.00元\n已支出:40笔,2769.60元\n待支出:0笔,0.00元\n导出时间:[2026-11-27 22:25:04]\n"
    notice = "支付宝交易记录明细查询\n账号:[sho***@example.com]\n起始日期:[2026-11-26 00:00:00]\n-----交易记录明细列表-----\n"
    return (notice if day else "").encode("gb18030") + as_csv(header, rows, encoding="gb18030") + (total if day else "").encode("gb18030")


def jd(day: int) -> bytes:
    header = ["交易时间", "商户名称", "交易说明", "金额", "收/付款方式", "交易状态", "收/支", "交易分类", "交易订单号", "商家订单号", "备注"]
    rows: list[list[object]] = []
    for number in range(40):
        middle = [
            SHOPS[number % 5],
            f"京东商城{number}",
            f"{10 + number}.20{'(已退款5.00)' if day and number % 9 == 0 else ''}",
            "京东白条",
            "交易成功",
            "支出",
            "电脑办公",
        ]
        rows.append([f"{at(day, number)}\t", *middle, f"1000{day}{number:06}\t", f"3000{day}{number:06}\t", " "])
    return b"\xef\xbb\xbf" + as_csv(header, rows)


def pdd(day: int) -> bytes:
    header = ["商品", "订单号", "订单状态", "商品总价(元)", "商家实收金额(元)", "商品数量(件)", "收货人", "手机", "订单成交时间", "快递单号"]
    rows: list[list[object]] = []
    for number in range(40):
        money = [f"{20 + number}.00", f"{19 + number}.50", number % 3 + 1]
        order = [f"2611{26 + day}-{number:012}", "已发货" if number % 4 else "待发货", *money]
        buyer = ["王*", f"138****{number:04}", at(day, number), f"YT{day}{number:08}" if number % 4 else "-"]
        rows.append([f"{SHOPS[number % 5]}{number}", *order, *buyer])
    return b"\xef\xbb\xbf" + as_csv(header, rows)


WECHAT = Sample(
    "a WeChat Pay bill",
    "微信支付账单(202611{}).csv",
    wechat,
    rows=40,
    types={"交易时间": "timestamp", "金额(元)": "number", "交易单号": "string", "商户单号": "string"},
    personal=("交易对方", "支付方式", "备注"),
    key=("交易单号",),
    time="交易时间",
)
ALIPAY = Sample(
    "an Alipay bill",
    "alipay_record_202611{}.csv",
    alipay,
    rows=40,
    types={"交易时间": "timestamp", "金额": "number", "交易订单号": "string"},
    personal=("交易对方", "对方账号", "收/付款方式", "备注"),
    key=("交易订单号",),
    time="交易时间",
)
JD = Sample(
    "a JD bill",
    "京东交易流水_202611{}.csv",
    jd,
    rows=40,
    types={"交易时间": "timestamp", "金额": "string", "交易订单号": "string"},
    personal=("收/付款方式", "备注"),
    key=("交易订单号",),
    time="交易时间",
)
PDD = Sample(
    "a PDD order export",
    "orders_export202611{}.csv",
    pdd,
    rows=40,
    types={"订单成交时间": "timestamp", "商品总价(元)": "number", "商品数量(件)": "integer", "订单号": "string", "快递单号": "string"},
    personal=("收货人", "手机"),
    key=("订单号",),
    time="订单成交时间",
)
BILLS = {"wechat": WECHAT, "alipay": ALIPAY, "jd": JD, "pdd": PDD}
