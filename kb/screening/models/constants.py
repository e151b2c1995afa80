"""Constants of the models: exact ones of the SI, and those of lithium."""

from __future__ import annotations

FARADAY = 96485.332  # C/mol
GAS = 8.314463  # J/mol/K
ROOM_TEMPERATURE = 298.15  # K
THERMAL_VOLTAGE = GAS * ROOM_TEMPERATURE / FARADAY  # V, RT/F

LITHIUM_SPECIFIC_CAPACITY = 3860.0  # mAh/g, as the field rounds F/(3.6 M)
LITHIUM_DENSITY = 0.534  # g/cm^3
LITHIUM_MOLAR_VOLUME = 6.941 / LITHIUM_DENSITY  # cm^3/mol
LITHIUM_CAPACITY_PER_UM = LITHIUM_SPECIFIC_CAPACITY * LITHIUM_DENSITY * 1e-4  # mAh/cm^2 per um of dense lithium
