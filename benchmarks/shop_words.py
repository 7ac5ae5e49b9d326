"""Generate titles of a Chinese and an English shop, and queries for them, from a vocabulary that the search does not read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["other script", "other name", "other unit", "brand", "wrong character"]
KINDS: Sequence[Kind] = ("other script", "other name", "other unit", "brand", "wrong character")

_NOUNS = """
马克杯|馬克杯|咖啡杯|mug
保温杯|保溫杯|保暖水杯|insulated bottle
茶壶|茶壺|泡茶壶|teapot
台灯|檯燈|书桌灯|desk lamp
落地灯|落地燈|立式灯|floor lamp
沙发|沙發|长沙发|sofa
书桌|書桌|写字台|desk
餐桌|餐桌|饭桌|dining table
办公椅|辦公椅|电脑椅|office chair
书架|書架|书柜|bookshelf
衣柜|衣櫃|衣橱|wardrobe
床垫|床墊|席梦思|mattress
枕头|枕頭|睡枕|pillow
毛巾|毛巾|面巾|towel
窗帘|窗簾|遮光帘|curtain
地毯|地毯|地垫|rug
雨伞|雨傘|晴雨伞|umbrella
双肩包|雙肩包|背包|backpack
手提包|手提包|手袋|handbag
钱包|錢包|皮夹|wallet
行李箱|行李箱|拉杆箱|suitcase
运动鞋|運動鞋|跑步鞋|sneakers
拖鞋|拖鞋|凉拖|slippers
靴子|靴子|短靴|boots
衬衫|襯衫|衬衣|shirt
毛衣|毛衣|针织衫|sweater
连衣裙|連衣裙|裙子|dress
牛仔裤|牛仔褲|丹宁裤|jeans
外套|外套|夹克|jacket
围巾|圍巾|披肩|scarf
手套|手套|保暖手套|gloves
帽子|帽子|棒球帽|hat
袜子|襪子|短袜|socks
手表|手錶|腕表|watch
项链|項鍊|吊坠|necklace
耳环|耳環|耳坠|earrings
耳机|耳機|耳麦|headphones
音箱|音箱|扬声器|speaker
键盘|鍵盤|打字键盘|keyboard
鼠标|滑鼠|无线鼠|mouse
显示器|顯示器|电脑屏幕|monitor
充电器|充電器|电源适配器|charger
手机壳|手機殼|手机保护套|phone case
打印机|印表機|列印机|printer
墨盒|墨盒|墨水匣|ink cartridge
订书机|訂書機|钉书器|stapler
胶带|膠帶|透明胶|adhesive tape
剪刀|剪刀|裁纸剪|scissors
钢笔|鋼筆|墨水笔|fountain pen
铅笔|鉛筆|绘图笔|pencil
笔记本|筆記本|记事本|notebook
文件夹|文件夾|资料夹|folder
信封|信封|邮件封套|envelope
计算器|計算器|计算机器|calculator
菜刀|菜刀|厨刀|kitchen knife
平底锅|平底鍋|煎锅|frying pan
炒锅|炒鍋|中式锅|wok
砧板|砧板|切菜板|cutting board
饭碗|飯碗|汤碗|bowl
盘子|盤子|餐盘|plate
叉子|叉子|餐叉|fork
勺子|勺子|汤匙|spoon
筷子|筷子|木筷|chopsticks
电饭煲|電飯煲|电饭锅|rice cooker
微波炉|微波爐|微波烤炉|microwave oven
吸尘器|吸塵器|除尘器|vacuum cleaner
电风扇|電風扇|风扇|electric fan
加湿器|加濕器|增湿机|humidifier
吹风机|吹風機|电吹风|hair dryer
牙刷|牙刷|洁牙刷|toothbrush
洗发水|洗髮水|洗发露|shampoo
肥皂|肥皂|香皂|soap
镜子|鏡子|化妆镜|mirror
花瓶|花瓶|插花瓶|vase
相框|相框|照片框|photo frame
蜡烛|蠟燭|香薰烛|candle
玩具车|玩具車|小汽车玩具|toy car
积木|積木|拼装玩具|building blocks
拼图|拼圖|益智拼板|jigsaw puzzle
帐篷|帳篷|露营篷|tent
睡袋|睡袋|露营被|sleeping bag
自行车|自行車|单车|bicycle
"""
_COLOURS = """
红色|紅色|red
蓝色|藍色|blue
绿色|綠色|green
黑色|黑色|black
白色|白色|white
黄色|黃色|yellow
粉色|粉色|pink
紫色|紫色|purple
灰色|灰色|gray
棕色|棕色|brown
"""
_MATERIALS = """
陶瓷|陶瓷|ceramic
不锈钢|不鏽鋼|stainless steel
玻璃|玻璃|glass
实木|實木|solid wood
真皮|真皮|leather
棉质|棉質|cotton
塑料|塑膠|plastic
羊毛|羊毛|wool
竹制|竹製|bamboo
硅胶|矽膠|silicone
"""
_SIZES = (("350ml", "350毫升"), ("500 ml", "500毫升"), ("1.5kg", "1.5公斤"), ("20cm", "20厘米"), ("60 cm", "60公分"), ("2m", "2米"), ("250g", "250克"))
_BRANDS = ("Arovia", "Belmont", "Corvane", "Delphix", "Elmora", "Fintra", "Gavelle", "Horizo", "Ivarra", "Junipa", "Kelvan", "Lumora")
_ENDS = (("家用", "家用", "for home"), ("新款", "新款", "new model"), ("便携", "便攜", "portable"), ("礼盒装", "禮盒裝", "gift box"))


@dataclass(frozen=True, slots=True)
class Product:
    """Hold a product by the places of its words in the vocabulary.

    Attributes:
        traditional: Whether its Chinese title is written in traditional characters.
    """

    noun: int
    colour: int
    material: int
    size: int
    brand: str
    end: int
    traditional: bool

    def chinese(self) -> str:
        """Write the Chinese title."""
        script = int(self.traditional)
        words = COLOURS[self.colour][script] + MATERIALS[self.material][script] + NOUNS[self.noun][script]
        return f"{self.brand} {words} {_SIZES[self.size][0]} {_ENDS[self.end][script]}"

    def english(self) -> str:
        """Write the English title."""
        words = f"{COLOURS[self.colour][2]} {MATERIALS[self.material][2]} {NOUNS[self.noun][3]}".title()
        return f"{self.brand} {words}, {_SIZES[self.size][0]}, {_ENDS[self.end][2]}"

    def query(self, kind: Kind, rng: random.Random) -> str:
        """Write a query for the Chinese title: colour, material, name and one word more, different from the title by its kind."""
        script = int(self.traditional != (kind == "other script"))
        noun = NOUNS[self.noun][script]
        if kind == "other name":
            noun, script = NOUNS[self.noun][2], 0
        if kind == "wrong character":
            place = rng.randrange(len(noun))
            noun = noun[:place] + rng.choice([letter for letter in _CHARACTERS if letter != noun[place]]) + noun[place + 1 :]
        words = [COLOURS[self.colour][script], MATERIALS[self.material][script], noun]
        more = {"other unit": _SIZES[self.size][1], "brand": self.brand.lower()}.get(kind, rng.choice((self.brand, _SIZES[self.size][0])))
        return rng.choice(("".join(words) + " " + more, more + " " + "".join(words), f"{words[2]} {words[0]} {words[1]} {more}"))

    def plain_query(self) -> str:
        """Write colour, material and name alone, without a word that Chinese and English titles share."""
        return COLOURS[self.colour][0] + MATERIALS[self.material][0] + NOUNS[self.noun][0]


def products(count: int) -> list[Product]:
    """Draw products; of each colour, material and name there is at most one."""
    rng = random.Random(0)
    places = rng.sample(range(len(NOUNS) * len(COLOURS) * len(MATERIALS)), count)
    return [_product(place, rng) for place in places]


def _product(place: int, rng: random.Random) -> Product:
    noun, rest = divmod(place, len(COLOURS) * len(MATERIALS))
    colour, material = divmod(rest, len(MATERIALS))
    return Product(noun, colour, material, rng.randrange(len(_SIZES)), rng.choice(_BRANDS), rng.randrange(len(_ENDS)), rng.random() < 0.5)


def _read(lines: str) -> list[tuple[str, ...]]:
    return [tuple(line.split("|")) for line in lines.split("\n") if line]


NOUNS, COLOURS, MATERIALS = _read(_NOUNS), _read(_COLOURS), _read(_MATERIALS)
_CHARACTERS = sorted({letter for words in NOUNS for letter in words[0]})
