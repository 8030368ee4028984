// From what sensors say to units, against the tables that their makers publish.

#include <string.h>

#include "analog.h"
#include "check.h"
#include "dht.h"
#include "distance.h"
#include "ds18b20.h"
#include "thermocouple.h"

using namespace fieldline;

namespace {

// What the converter counts of a thermistor to ground with this series resistor, in ohms.
float countsOf(double resistance, double series) { return (float)(ANALOG_STEPS * resistance / (resistance + series)); }

void good(const Reading &reading, double value, double by) {
  CHECK(reading.failure == Failure::NONE);
  CHECK_NEAR(reading.values[0], value, by);
}

Reading ntc(float counts, float beta, float r0, float series) { return fieldline::ntc(counts, thermistorOf(beta, r0, series)); }

void bad(const Reading &reading, Failure failure) { CHECK_EQUAL((int)reading.failure, (int)failure); }

void withChecksum(uint8_t *scratchpad) { scratchpad[8] = crc8(scratchpad, 8); }

}  // namespace

// Vishay BCcomponents, NTCLE100E3 data sheet (document 29049), table of R at T for R25 = 10 kOhm, B25/85 = 3977 K.
const struct {
  int celsius;
  double ohms;
} THERMISTOR[] = {{-40, 332094}, {-30, 175200}, {-20, 96358}, {-10, 55046}, {0, 32554}, {10, 19872}, {20, 12488}, {25, 10000},  {30, 8059},   {40, 5330},
                  {50, 3606},    {60, 2490},    {70, 1753},   {80, 1256},   {85, 1070}, {90, 915.4}, {100, 677.3}, {110, 508.3}, {120, 386.6}};

// One value of beta holds at the two temperatures it was made from; elsewhere the part departs from it by what this allows.
TEST(thermistor_table_by_beta) {
  for (const auto &row : THERMISTOR) {
    const double by = row.celsius < 0 ? 3 : row.celsius < 20 ? 0.8 : row.celsius <= 100 ? 0.4 : 1.2;
    good(ntc(countsOf(row.ohms, 10000), 3977, 10000, 10000), row.celsius, by);
  }
  good(ntc(512, 3977, 10000, 10000), 25, 0.001);
  good(ntc(countsOf(1070, 10000), 3977, 10000, 10000), 85, 0.02);
}

// Three coefficients, from the rows for -20, 25 and 100 C of the same table, come close to all of it.
TEST(thermistor_table_by_three_coefficients) {
  const Thermistor with10k = {3.35401643e-03f, 2.57334549e-04f, 2.57637701e-06f};
  const Thermistor with47k = {3.75842803e-03f, 2.65308758e-04f, 2.57637701e-06f};
  for (const auto &row : THERMISTOR) {
    good(fieldline::ntc(countsOf(row.ohms, 10000), with10k), row.celsius, 0.13);
    good(fieldline::ntc(countsOf(row.ohms, 47000), with47k), row.celsius, 0.13);
  }
}

TEST(thermistor_with_other_resistors) {
  good(ntc(countsOf(100000, 47000), 3950, 100000, 47000), 25, 0.001);
  // The equation itself, the other way round.
  for (double celsius = -30; celsius <= 250; celsius += 7) {
    const double ohms = 100000 * std::exp(3950 * (1 / (celsius + 273.15) - 1 / 298.15));
    const float counts = countsOf(ohms, 10000);
    if (counts < 4 || counts > 1020) continue;
    good(ntc(counts, 3950, 100000, 10000), celsius, 0.01);
  }
}

TEST(thermistor_broken) {
  bad(ntc(0, 3950, 10000, 10000), Failure::SHORTED);
  bad(ntc(1.5f, 3950, 10000, 10000), Failure::SHORTED);
  bad(ntc(1023, 3950, 10000, 10000), Failure::OPEN);
  bad(ntc(1021.5f, 3950, 10000, 10000), Failure::OPEN);
  bad(ntc(1020, 3950, 100, 10000), Failure::RANGE);
}

// Texas Instruments, LM35 data sheet (SNIS159): 0 mV + 10.0 mV for each degree; 250 mV at 25 C, 1500 mV at 150 C.
TEST(lm35_by_its_data_sheet) {
  good(lm35(0.25f), 25, 1e-4);
  good(lm35(1.5f), 150, 1e-4);
  good(lm35(0.02f), 2, 1e-4);
  bad(lm35(5), Failure::RANGE);
  bad(lm35(0), Failure::RANGE);  // without power
}

// Analog Devices, TMP35/TMP36/TMP37 data sheet, table 4: offset 0.5 V, 10 mV for each degree, 750 mV at 25 C; -40 to 125 C.
TEST(tmp36_by_its_data_sheet) {
  good(tmp36(0.75f), 25, 1e-4);
  good(tmp36(0.1f), -40, 1e-4);
  good(tmp36(1.75f), 125, 1e-4);
  good(tmp36(0.5f), 0, 1e-4);
  bad(tmp36(0), Failure::SHORTED);
  bad(tmp36(4.9f), Failure::RANGE);
}

TEST(volts_and_supply) {
  CHECK_NEAR(volts(512, 5), 2.5, 1e-6);
  CHECK_NEAR(volts(1023, 5), 4.9951, 1e-4);
  good(supply(225.28f, 1.1f), 5, 1e-4);
  good(supply(1023, 1.1f), 1.1011, 1e-4);
  bad(supply(0, 1.1f), Failure::RANGE);
}

// Maxim, MAX6675 data sheet, "Serial interface": bits 14 to 3 are the temperature in steps of 0.25 C, 0 to 1023.75; bit 2 is set
// when the thermocouple is open; bits 15 and 1 are 0.
TEST(max6675_words) {
  good(max6675Reading(0x0008), 0.25, 0);
  good(max6675Reading(0x0320), 25, 0);
  good(max6675Reading(0x7FF8), 1023.75, 0);
  bad(max6675Reading(0x0004), Failure::OPEN);
  bad(max6675Reading(0x0324), Failure::OPEN);
  bad(max6675Reading(0xFFFF), Failure::ABSENT);
  bad(max6675Reading(0x0000), Failure::ABSENT);
  for (int quarters = 1; quarters < 4096; quarters++) good(max6675Reading((uint16_t)(quarters << 3)), quarters / 4.0, 0);
}

// Maxim, MAX31855 data sheet, table 4: thermocouple temperatures, as the 14 highest bits. Here with a reference junction of 25 C.
TEST(max31855_table) {
  const struct {
    double celsius;
    uint32_t bits;
  } table[] = {{1600, 0x1900}, {1000, 0x0FA0}, {100.75, 0x0193}, {25, 0x0064}, {0, 0}, {-0.25, 0x3FFF}, {-1, 0x3FFC}, {-250, 0x3C18}};
  for (const auto &row : table) good(max31855Reading(row.bits << 18 | 0x1900), row.celsius, 0);
}

// Tables 2 and 3 of the same: D16 any fault, D2 short to the supply, D1 short to ground, D0 open; D17 and D3 are always 0.
TEST(max31855_faults) {
  bad(max31855Reading(0x00011901), Failure::OPEN);
  bad(max31855Reading(0x00011902), Failure::SHORTED);
  bad(max31855Reading(0x00011904), Failure::SHORTED);
  bad(max31855Reading(0x00011900), Failure::ABSENT);
  bad(max31855Reading(0xFFFFFFFF), Failure::ABSENT);
  bad(max31855Reading(0x00000000), Failure::ABSENT);
  bad(max31855Reading(0x00021900), Failure::ABSENT);
  bad(max31855Reading(0x00001908), Failure::ABSENT);
}

// Analog Devices, DS18B20 data sheet, table 1: temperature and data.
TEST(ds18b20_table) {
  const struct {
    double celsius;
    uint16_t word;
  } table[] = {{125, 0x07D0}, {85, 0x0550},     {25.0625, 0x0191},  {10.125, 0x00A2},   {0.5, 0x0008},
               {0, 0x0000},   {-0.5, 0xFFF8},   {-10.125, 0xFF5E},  {-25.0625, 0xFE6F}, {-55, 0xFC90}};
  for (const auto &row : table) {
    uint8_t scratchpad[9] = {(uint8_t)row.word, (uint8_t)(row.word >> 8), 0x4B, 0x46, 0x7F, 0xFF, 0x10, 0x10, 0};
    withChecksum(scratchpad);
    good(ds18b20Reading(scratchpad), row.celsius, 0);
    for (uint8_t bit = 0; bit < 72; bit++) {
      scratchpad[bit / 8] = (uint8_t)(scratchpad[bit / 8] ^ (1 << bit % 8));
      CHECK(ds18b20Reading(scratchpad).failure != Failure::NONE);
      scratchpad[bit / 8] = (uint8_t)(scratchpad[bit / 8] ^ (1 << bit % 8));
    }
  }
}

TEST(ds18b20_that_has_not_measured) {
  uint8_t scratchpad[9] = {0x50, 0x05, 0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10, 0x1C};
  bad(ds18b20Reading(scratchpad), Failure::RANGE);
  const uint8_t zeros[9] = {0};
  bad(ds18b20Reading(zeros), Failure::SHORTED);
}

// Aosong, AM2302 (DHT22) data sheet: the examples of 65.2 % and 35.1 C, and of -10.1 C.
TEST(dht22_examples) {
  const uint8_t warm[5] = {0x02, 0x8C, 0x01, 0x5F, 0xEE};
  good(dhtReading(warm, true), 35.1, 1e-5);
  CHECK_NEAR(dhtReading(warm, true).values[1], 65.2, 1e-5);
  const uint8_t cold[5] = {0x02, 0x8C, 0x80, 0x65, 0x73};
  good(dhtReading(cold, true), -10.1, 1e-5);
}

// Aosong, DHT11 data sheet: the example of 53 % and 24.4 C.
TEST(dht11_example) {
  const uint8_t frame[5] = {0x35, 0x00, 0x18, 0x04, 0x51};
  good(dhtReading(frame, false), 24.4, 1e-5);
  CHECK_NEAR(dhtReading(frame, false).values[1], 53, 1e-5);
  const uint8_t frost[5] = {0x35, 0x00, 0x01, 0x83, 0xB9};
  good(dhtReading(frost, false), -1.3, 1e-5);
}

TEST(dht_damaged) {
  uint8_t frame[5] = {0x02, 0x8C, 0x01, 0x5F, 0xEE};
  for (uint8_t bit = 0; bit < 40; bit++) {
    frame[bit / 8] = (uint8_t)(frame[bit / 8] ^ (1 << bit % 8));
    bad(dhtReading(frame, true), Failure::CHECKSUM);
    frame[bit / 8] = (uint8_t)(frame[bit / 8] ^ (1 << bit % 8));
  }
  const uint8_t zeros[5] = {0};
  bad(dhtReading(zeros, true), Failure::RANGE);
  const uint8_t moist[5] = {0x03, 0xE9, 0x01, 0x5F, 0x4C};
  bad(dhtReading(moist, true), Failure::RANGE);
}

// HC-SR04: 58 us for each centimetre, there and back.
TEST(distance_by_its_data_sheet) {
  good(distanceReading(5827), 1, 0.001);
  good(distanceReading(583), 0.1, 0.001);
  good(distanceReading(23300), 4, 0.005);
  bad(distanceReading(50), Failure::RANGE);
  bad(distanceReading(ECHO_LIMIT), Failure::RANGE);
  bad(distanceReading(38000), Failure::RANGE);
}
