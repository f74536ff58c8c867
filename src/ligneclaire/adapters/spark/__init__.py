"""Apache Spark, for what one machine can't do (docs/scale.md): a cluster, and what this machine needs for it."""
