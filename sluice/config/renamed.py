"""Read settings by their former names, and name the present one in a notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ruamel.yaml.comments import CommentedMap, CommentedSeq

Location = tuple[int | str, ...]

_LEARNED = {"budget": "max_fpr", "promise": "guarantee", "needs": "min_rows", "sample": "max_rows", "refit": "refit_interval"}
_NETWORK = {**_LEARNED, "hidden": "hidden_units", "trim": "trim_fraction", "steps": "training_steps"}
_CLASSICAL = {**_LEARNED, "kept": "max_reference_rows"}
_DETECTORS: Mapping[str, Mapping[str, str]] = {
    "autoencoder": _NETWORK,
    "reconstruction": {**_NETWORK, "network": "architecture"},
    "ensemble": {**_NETWORK, "core": "coreset_size"},
    "isolation_forest": {**_CLASSICAL, "trees": "n_estimators"},
    "knn": {**_CLASSICAL, "neighbours": "n_neighbors"},
    "lof": {**_CLASSICAL, "neighbours": "n_neighbors"},
    "hbos": {**_CLASSICAL, "bins": "n_bins"},
    "ocsvm": _CLASSICAL,
    "pyod": _CLASSICAL,
    "sessions": _NETWORK,
    "fallback": {**_CLASSICAL, "bins": "n_bins", "of": "replaces"},  # stands on cards only
    "drift": {"batches": "min_batches", "chance": "max_fpr"},
    "traffic": {
        "agent": "user_agent",
        "received": "received_time",
        "since": "signup_time",
        "by": "key",
        "reference": "reference_column",
        "ways": "patterns",
        "chance": "significance_level",
        "similarity": "min_similarity",
        "group": "min_group_size",
        "items": "min_items",
        "needs": "min_rows",
        "horizon": "lookback",
    },
    "traffic.patterns": {
        "crawl": "crawler",
        "farm": "click_farm",
        "timing": "regular_timing",
        "clock": "clock_skew",
        "sequence": "rare_transition",
        "path": "rare_path",
        "session": "shared_session",
        "price": "price_mismatch",
        "mix": "hourly_volume",
    },
}
"""Present names of the settings of each detector by their former ones."""

RENAMED_KEYS: Mapping[str, str] = {
    # gate and recommender
    "datasets.*.gate.allow_warming": "allow_untrained_detectors",
    "recommender.quantize": "compact",
    "recommender.relations.other": "related_user",
    "recommender.funnel.shown": "impression",
    "recommender.funnel.clicked": "click",
    "recommender.funnel.bought": "purchase",
    "recommender.funnel.within": "attribution_window",
    "recommender.rerank.fresh_column": "released_at",
    "recommender.rerank.ads.floor": "min_relevance",
    "recommender.promotion.frozen": "holdout_lifetime",
    "recommender.promotion.segment": "max_segment_loss",
    "recommender.promotion.segments": "segment_limits",
    "recommender.promotion.coverage": "max_coverage_loss",
    "recommender.promotion.latency": "max_latency",
    "recommender.promotion.size": "max_size",
    # cleaners, expectations, models and their settings
    "datasets.*.clean.normalise": "normalize_text",
    "datasets.*.clean.clock": "clock_skew",
    "datasets.*.clean.scale": "unit_scale",
    "datasets.*.clean.dependency": "functional_dependency",
    "datasets.*.clean.misplaced": "swapped_columns",
    "datasets.*.clean.matching": "record_linkage",
    "datasets.*.clean.parse.currency": "currency_column",
    "datasets.*.clean.parse.threshold": "min_confidence",
    "datasets.*.clean.normalize_text.keep": "exclude",
    "datasets.*.clean.normalize_text.nulls": "null_values",
    "datasets.*.clean.normalize_text.form": "unicode_form",
    "datasets.*.clean.normalize_text.threshold": "min_confidence",
    "datasets.*.clean.clock_skew.received": "received_time",
    "datasets.*.clean.clock_skew.by": "session",
    "datasets.*.clean.clock_skew.threshold": "min_confidence",
    "datasets.*.clean.deduplicate.same": "subset",
    "datasets.*.clean.lookup.by": "key",
    "datasets.*.clean.lookup.reference": "reference_column",
    "datasets.*.clean.unit_scale.by": "key",
    "datasets.*.clean.unit_scale.reference": "reference_column",
    "datasets.*.clean.unit_scale.threshold": "min_confidence",
    "datasets.*.clean.lookup.threshold": "min_confidence",
    "datasets.*.clean.functional_dependency.by": "determinant",
    "datasets.*.clean.functional_dependency.column": "dependent",
    "datasets.*.clean.functional_dependency.typos": "correct_typos",
    "datasets.*.clean.functional_dependency.threshold": "min_confidence",
    "datasets.*.clean.functional_dependency.least": "min_candidate_confidence",
    "datasets.*.clean.swapped_columns.often": "min_count",
    "datasets.*.clean.swapped_columns.threshold": "min_confidence",
    "datasets.*.clean.record_linkage.text": "text_columns",
    "datasets.*.clean.record_linkage.agree": "exact_columns",
    "datasets.*.clean.record_linkage.close": "numeric_columns",
    "datasets.*.clean.record_linkage.least": "min_similarity",
    "datasets.*.suite.expect_adjacent_repeats_to_be_between": "expect_proportion_of_consecutive_repeats_to_be_between",
    "datasets.*.suite.expect_novel_pairs_to_be_between": "expect_proportion_of_novel_transitions_to_be_between",
    "datasets.*.suite.expect_overlong_users_to_be_between": "expect_proportion_of_heavy_user_events_to_be_between",
    "datasets.*.suite.expect_column_anomaly_to_be_within_budget": "expect_column_anomaly_rate_to_be_within_fpr",
    "datasets.*.suite.expect_row_anomaly_to_be_within_budget": "expect_row_anomaly_rate_to_be_within_fpr",
    "datasets.*.suite.expect_column_values_to_stay_near_past": "expect_column_values_to_be_close_to_history",
    "datasets.*.suite.expect_row_count_to_match_weekday": "expect_table_row_count_to_match_weekday",
    "datasets.*.suite.expect_stars_to_fit_text": "expect_rating_to_match_sentiment",
    "datasets.*.suite.expect_steps_to_stay_familiar": "expect_transition_overlap_to_match_history",
    "datasets.*.suite.expect_proportion_of_consecutive_repeats_to_be_between.max": "max_value",
    "datasets.*.suite.expect_proportion_of_consecutive_repeats_to_be_between.min": "min_value",
    "datasets.*.suite.expect_proportion_of_novel_transitions_to_be_between.max": "max_value",
    "datasets.*.suite.expect_proportion_of_novel_transitions_to_be_between.min": "min_value",
    "datasets.*.suite.expect_proportion_of_novel_transitions_to_be_between.minimum_batches": "min_batches",
    "datasets.*.suite.expect_proportion_of_heavy_user_events_to_be_between.max": "max_value",
    "datasets.*.suite.expect_proportion_of_heavy_user_events_to_be_between.min": "min_value",
    "datasets.*.suite.expect_proportion_of_heavy_user_events_to_be_between.length": "max_events_per_user",
    "datasets.*.suite.expect_column_anomaly_rate_to_be_within_fpr.budget": "max_fpr",
    "datasets.*.suite.expect_row_anomaly_rate_to_be_within_fpr.budget": "max_fpr",
    "datasets.*.suite.expect_column_values_to_be_close_to_history.by": "key",
    "datasets.*.suite.expect_column_values_to_match_reference.by": "key",
    "datasets.*.suite.expect_column_values_to_match_reference.reference": "reference_column",
    "datasets.*.suite.expect_column_values_to_exist_in_dataset.reference": "reference_column",
    "datasets.*.suite.expect_table_row_count_to_match_weekday.above": "tolerance_above",
    "datasets.*.suite.expect_table_row_count_to_match_weekday.minimum_batches": "min_batches",
    "datasets.*.suite.expect_rating_to_match_sentiment.stars": "rating",
    "datasets.*.suite.expect_rating_to_match_sentiment.lowest": "min_rating",
    "datasets.*.suite.expect_rating_to_match_sentiment.highest": "max_rating",
    "datasets.*.suite.expect_rating_to_match_sentiment.plain": "min_polarity",
    "datasets.*.suite.expect_transition_overlap_to_match_history.batches": "baseline_batches",
    "datasets.*.suite.expect_transition_overlap_to_match_history.minimum_batches": "min_batches",
    "datasets.*.detect.screen": "reconstruction",
    "datasets.*.detect.stand_in": "fallback",
    **{f"datasets.*.detect.{detector}.{old}": new for detector, names in _DETECTORS.items() for old, new in names.items()},
    "recommender.models.towers": "two_tower",
    "recommender.models.text": "content_knn",
    "recommender.models.propagation": "content_propagation",
    "recommender.models.rarity": "inverse_popularity",
    "recommender.models.plain": "logistic_mf",
    "recommender.models.latent": "pure_svd",
    "recommender.models.als.dimensions": "factors",
    "recommender.models.als.background": "unobserved_weight",
    "recommender.models.als.ridge": "regularization",
    "recommender.models.als.growth": "regularization_exponent",
    "recommender.models.als.sweeps": "iterations",
    "recommender.models.als.decay": "recency_decay",
    "recommender.models.item_knn.neighbours": "n_neighbors",
    "recommender.models.item_knn.shrink": "shrinkage",
    "recommender.models.item_knn.decay": "recency_decay",
    "recommender.models.ease.regularisation": "regularization",
    "recommender.models.ease.kept": "top_k",
    "recommender.models.ease.decay": "recency_decay",
    "recommender.models.pure_svd.dimensions": "factors",
    "recommender.models.pure_svd.damping": "popularity_exponent",
    "recommender.models.pure_svd.decay": "recency_decay",
    "recommender.models.logistic_mf.ridge": "regularization",
    "recommender.models.content_knn.exact_up_to": "max_exact_items",
    "recommender.models.two_tower.pretrain": "pretrain_epochs",
}
"""Present names by the path of the former one. `*` stands for any dataset, places in lists are left out, settings of a step stand below its present name."""

RENAMED_VALUES: Mapping[str, Mapping[str, str]] = {
    **{
        f"datasets.*.detect.{detector}.guarantee": {"budget": "marginal", "sure": "conditional"} for detector, names in _DETECTORS.items() if "promise" in names
    },
    "datasets.*.detect.fallback.replaces": {"screen": "reconstruction"},
    "datasets.*.detect.reconstruction.architecture": {"plain": "bottleneck", "radial": "radial_basis"},
}
"""Present values by the path of a setting, in present names, and the former value."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """Report a setting that was read by its former name.

    Attributes:
        where: Its location, in present names.
        old: The former name or value.
        new: The present one.
    """

    where: Location
    old: str
    new: str


def rename(tree: CommentedMap) -> list[Renamed]:
    """Replace former names in a parsed file by the present ones, in place; lines of the file are kept."""
    return list(_rename(tree, (), ()))


def rename_step(section: str, name: str, settings: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Return the present name and settings of a step that does not stand in sluice.yaml.

    Args:
        section: `suite`, `clean`, `detect`, or `models` for a model of the recommender.
        name: Name of the step.
        settings: Its settings.

    Example:
        >>> rename_step("clean", "scale", {"by": "item_id", "factors": [100]})
        ('unit_scale', {'key': 'item_id', 'factors': [100]})
        >>> rename_step("detect", "autoencoder", {"promise": "sure"})
        ('autoencoder', {'guarantee': 'conditional'})
    """
    above = ("recommender", section) if section == "models" else ("datasets", "*", section)
    name = _present((*above, name)) or name
    present = {_present((*above, name, key)) or key: value for key, value in settings.items()}
    return name, {key: _present_value((*above, name, key), value) for key, value in present.items()}


def original(settings: object, path: tuple[str, ...]) -> object:
    """Return settings under their first names, so that fingerprints computed over them do not change with a rename.

    Args:
        settings: Part of a configuration as plain values; a step is a mapping of `name` and `settings`.
        path: Path of the part, such as `("datasets", "*")`.

    Example:
        >>> original({"allow_untrained_detectors": True}, ("datasets", "*", "gate"))
        {'allow_warming': True}
    """
    if isinstance(settings, Mapping) and settings.keys() == {"name", "settings"}:
        name, inner = str(settings["name"]), original(settings["settings"], (*path, str(settings["name"])))
        return {"name": _FIRST.get(_pattern((*path, name)), name), "settings": inner}
    if isinstance(settings, Mapping):
        return {_FIRST.get(_pattern((*path, str(key))), key): _first_value((*path, str(key)), value) for key, value in settings.items()}
    if isinstance(settings, list | tuple):
        return [_FIRST.get(_pattern((*path, item)), item) if isinstance(item, str) else original(item, path) for item in settings]
    return settings


def _rename(node: object, path: tuple[str, ...], where: Location) -> Iterator[Renamed]:
    if isinstance(node, CommentedMap):
        for key in list(node):
            if (new := _present((*path, str(key)))) and new not in node:
                _rename_key(node, key, new)
                yield Renamed((*where, new), str(key), new)
        for key, value in node.items():
            present = _present_value((*path, str(key)), value)
            if present != value:
                node[key] = present
                yield Renamed((*where, str(key)), str(value), str(present))
            yield from _rename(value, (*path, str(key)), (*where, str(key)))
    elif isinstance(node, CommentedSeq):
        for index, item in enumerate(node):
            if isinstance(item, str) and (new := _present((*path, item))):
                node[index] = new
                yield Renamed((*where, index), item, new)
            yield from _rename(item, path, (*where, index))


def _rename_key(node: CommentedMap, old: object, new: str) -> None:
    place, line = list(node).index(old), node.lc.data.pop(old)
    node.insert(place, new, node.pop(old))
    node.lc.data[new] = line


def _present(path: Sequence[str]) -> str | None:
    """Return the present name of the last part of a path; None where it has no other."""
    return RENAMED_KEYS.get(_pattern(path))


def _present_value(path: Sequence[str], value: object) -> object:
    values = RENAMED_VALUES.get(_pattern(path), {})
    return values.get(value, value) if isinstance(value, str) else value


def _first_value(path: tuple[str, ...], value: object) -> object:
    values = {new: old for old, new in RENAMED_VALUES.get(_pattern(path), {}).items()}
    return values.get(value, value) if isinstance(value, str) else original(value, path)


def _pattern(path: Sequence[str]) -> str:
    """Return a path as it stands in the tables: the name of a dataset is `*`."""
    return ".".join(("datasets", "*", *path[2:]) if len(path) > 1 and path[0] == "datasets" else path)


_FIRST: Mapping[str, str] = {
    ".".join((*path.split(".")[:-1], new)): path.rpartition(".")[2] for path, new in reversed(tuple(RENAMED_KEYS.items()))
}  # former names by the path of the present one; of several the first
