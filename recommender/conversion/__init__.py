"""Predict what an impression comes to, a click or a purchase, from all impressions (CTR and CVR prediction)."""

from recommender.conversion.model import ConversionModel, ConversionProbabilities, FeatureContributions
from recommender.conversion.trainer import TrainedConversion, train_conversion

__all__ = ["ConversionModel", "ConversionProbabilities", "FeatureContributions", "TrainedConversion", "train_conversion"]
