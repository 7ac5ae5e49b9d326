"""Say the words of the headline figures in Chinese, for README.zh.md."""

from __future__ import annotations

import re
from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "figure": "指标",
    "Sluice": "Sluice",
    "against": "对照",
    "ratio": "比值",
    "check, clean, split and publish 5 M events, CPU time": "检查、清洗、拆分并发布 500 万个事件，CPU 时间",
    "18 Great Expectations checks on 5 M rows": "对 500 万行执行 18 条 Great Expectations 检查",
    "anomaly detection, 20 ADBench tables, mean AUC": "异常检测，20 张 ADBench 表，平均 AUC",
    "injected cell errors found at 1 % false positives": "误报率 1 % 时发现的注入单元格错误",
    "autoencoder, raw columns to scores": "自编码器，从原始列到得分",
    "next item, Amazon Beauty, Recall@20": "下一件商品，Amazon Beauty，Recall@20",
    "next item, Amazon Office, Recall@20": "下一件商品，Amazon Office，Recall@20",
    "search with one misspelt word, MRR": "含一个拼错的词的搜索，MRR",
}
"""Titles of columns and rows, by the English ones."""

WORDS: Mapping[str, str] = {
    "CPU s": "CPU 秒",
    "rows /": "行 /",
    "s": "秒",
    "Polars by hand": "手写 Polars",
    "its pandas engine": "其 pandas 引擎",
    "co-occurrence": "共现",
    "(five seeds)": "（五个种子）",
}
"""Units and names of peers that are no names of packages."""
_WORD = re.compile("|".join(rf"(?<![\w']){re.escape(word)}(?!\w)" for word in WORDS))


def in_chinese(text: str) -> str:
    """Return a cell of the table of headline figures in Chinese; names of packages stay as they are.

    Example:
        >>> in_chinese("28.33 ± 0.49 CPU s"), in_chinese("PyOD KNN: 0.8689")
        ('28.33 ± 0.49 CPU 秒', 'PyOD KNN: 0.8689')
    """
    return TITLES.get(text) or _WORD.sub(lambda match: WORDS[match[0]], text)
