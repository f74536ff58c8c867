"""Documents on paper, typeset by typst. See README.md."""

from ligneclaire.adapters.pdf.typesetter import TypesettingFailed, labels, typeset, version

__all__ = ["TypesettingFailed", "labels", "typeset", "version"]
