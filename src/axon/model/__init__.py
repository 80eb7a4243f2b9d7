"""Words that all layers speak: frozen dataclasses and enums, with no behaviour and no I/O."""
