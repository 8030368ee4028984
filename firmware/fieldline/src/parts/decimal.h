// Decimal numbers to text and back, without strtod and printf, which would take a fifth of the flash that this takes.
#pragma once

#include <math.h>
#include <stdint.h>

namespace fieldline {

// The longest text that formatNumber and formatUnsigned write, with its NUL: "-0.0000123456".
const uint8_t NUMBER_SIZE = 16;

// Writes a whole number and a NUL; returns the length.
inline uint8_t formatUnsigned(uint32_t value, char *text) {
  char reversed[10];
  uint8_t length = 0;
  do {
    reversed[length++] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  for (uint8_t index = 0; index < length; index++) text[index] = reversed[length - 1 - index];
  text[length] = '\0';
  return length;
}

// Ten to a whole power, by the few multiplications that a float stays exact under as long as it can.
inline float powerOfTen(int8_t exponent) {
  float power = 1;
  for (int8_t step = exponent < 0 ? (int8_t)-exponent : exponent; step > 0; step--) power *= 10;
  return exponent < 0 ? 1 / power : power;
}

// Writes a finite number with six significant digits, no trailing zeros, and a NUL; returns the length. Numbers from
// 1e-5 up to 1e9 are written out, others as 1.5e-7. For nan and the infinities it writes nothing: line protocol has none.
inline uint8_t formatNumber(float value, char *text) {
  text[0] = '\0';
  if (!isfinite(value)) return 0;
  uint8_t length = 0;
  if (value < 0) {
    text[length++] = '-';
    value = -value;
  }
  if (value == 0 || value < 1e-30f) {
    text[0] = '0';
    text[1] = '\0';
    return 1;
  }
  int8_t exponent = 0;  // of the first digit
  while (exponent < 38 && value >= powerOfTen((int8_t)(exponent + 1))) exponent++;
  while (exponent > -30 && value < powerOfTen(exponent)) exponent--;
  const int8_t shift = (int8_t)(5 - exponent);
  const float scaled = shift >= 0 ? value * powerOfTen(shift) : value / powerOfTen((int8_t)-shift);
  uint32_t six = (uint32_t)(scaled + 0.5f);
  if (six > 999999) {
    six = 100000;
    exponent++;
  }
  char digits[NUMBER_SIZE];
  formatUnsigned(six, digits);
  uint8_t count = 6;
  while (count > 1 && digits[count - 1] == '0') count--;

  const bool writtenOut = exponent >= -5 && exponent < 9;
  int8_t point = writtenOut ? exponent : 0;  // how many digits more than one stand before the point
  for (int8_t zero = point; zero < 0; zero++) {
    text[length++] = '0';
    if (zero == point) text[length++] = '.';
  }
  for (int8_t index = 0; index < (int8_t)count || index <= point; index++) {
    if (point >= 0 && index == point + 1) text[length++] = '.';
    text[length++] = index < (int8_t)count ? digits[index] : '0';
  }
  if (!writtenOut) {
    text[length++] = 'e';
    if (exponent < 0) text[length++] = '-';
    length = (uint8_t)(length + formatUnsigned((uint32_t)(exponent < 0 ? -exponent : exponent), text + length));
  }
  text[length] = '\0';
  return length;
}

// Reads a whole number up to 4294967295, digits alone; false, and the value is left as it was, for anything else.
inline bool parseUnsigned(const char *text, uint32_t *value) {
  uint32_t read = 0;
  if (*text == '\0') return false;
  for (; *text != '\0'; text++) {
    if (*text < '0' || *text > '9') return false;
    const uint8_t digit = (uint8_t)(*text - '0');
    if (read > 429496729UL || (read == 429496729UL && digit > 5)) return false;
    read = read * 10 + digit;
  }
  *value = read;
  return true;
}

// Reads a number such as -12.5 or 1e-7, its first nine digits; false, and the value is left as it was, for anything else
// and for what a float cannot hold.
inline bool parseNumber(const char *text, float *value) {
  const bool negative = *text == '-';
  if (negative) text++;
  uint32_t digits = 0;
  int8_t exponent = 0;
  uint8_t count = 0;
  bool afterPoint = false;
  for (; (*text >= '0' && *text <= '9') || (*text == '.' && !afterPoint); text++) {
    if (*text == '.') {
      afterPoint = true;
      continue;
    }
    if (++count > 30) return false;
    if (digits < 100000000UL) {
      digits = digits * 10 + (uint8_t)(*text - '0');
      if (afterPoint) exponent--;
    } else if (!afterPoint) {
      exponent++;
    }
  }
  if (count == 0) return false;
  if (*text == 'e') {
    const bool down = *++text == '-';
    if (down) text++;
    uint32_t power;
    if (!parseUnsigned(text, &power) || power > 37) return false;
    exponent = (int8_t)(exponent + (down ? -(int8_t)power : (int8_t)power));
  } else if (*text != '\0') {
    return false;
  }
  const float magnitude =
      exponent < 0 ? (float)digits / powerOfTen((int8_t)-exponent) : (float)digits * powerOfTen(exponent);
  if (!isfinite(magnitude)) return false;
  *value = negative ? -magnitude : magnitude;
  return true;
}

}  // namespace fieldline
