"""Generate the exports of each system: one file a platform, written from its official documentation and from nothing of Sluice's."""

from __future__ import annotations

from benchmarks.first_contact.platforms import (
    adobe,
    amazon,
    analytics,
    bigcommerce,
    chinese_bills,
    feeds,
    magento,
    own_shops,
    prestashop,
    research,
    shopify,
    snowplow,
    woocommerce,
)

PLATFORMS = (
    shopify.PLATFORM,
    woocommerce.PLATFORM,
    woocommerce.GERMAN_PLATFORM,
    magento.PLATFORM,
    feeds.GOOGLE_TSV,
    feeds.GOOGLE_RSS,
    feeds.META_CATALOG,
    amazon.PLATFORM,
    analytics.GOOGLE_ANALYTICS,
    analytics.SEGMENT_CALLS,
    research.USER_BEHAVIOR,
    chinese_bills.WECHAT_BILL,
    chinese_bills.ALIPAY_BILL,
    chinese_bills.JD_BILL,
    chinese_bills.PDD_ORDERS,
    research.RETAIL_ROCKET,
    research.OLIST,
    research.AMAZON_REVIEWS,
    own_shops.PLATFORM,
    own_shops.GERMAN,
    own_shops.CHINESE_SHOP,
    prestashop.PLATFORM,
    bigcommerce.PLATFORM,
    snowplow.PLATFORM,
    adobe.PLATFORM,
)
