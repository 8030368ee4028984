// The kinds of sensors, each in the file of its name.
#pragma once

#include "sensor.h"

extern const struct SensorKind DHT11;
extern const struct SensorKind DHT22;
extern const struct SensorKind DS18B20;
extern const struct SensorKind MAX6675;
extern const struct SensorKind MAX31855;
extern const struct SensorKind HC_SR04;
extern const struct SensorKind PULSES;
extern const struct SensorKind BUTTON;
