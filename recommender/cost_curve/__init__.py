"""What dirt costs a recommender: a fast proxy learns from clean and from dirtied events, and is measured on the trusted hold-out."""
