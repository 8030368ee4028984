#include "echo.h"

#include "level.h"
#include "parts/distance.h"

namespace fieldline {
namespace {

const uint16_t ANSWER = 5000;  // microseconds in which an echo begins; 450 are usual

}  // namespace

void setUpEcho(uint8_t trigger, uint8_t echo) {
  digitalWrite(trigger, LOW);
  pinMode(trigger, OUTPUT);
  pinMode(echo, INPUT_PULLUP);  // a line that nothing drives is high, and no echo begins
}

Reading measureDistance(uint8_t trigger, uint8_t echo) {
  const Input line(echo);
  if (line.isHigh()) return Reading::failed(Failure::ABSENT);
  digitalWrite(trigger, HIGH);
  delayMicroseconds(10);
  digitalWrite(trigger, LOW);
  if (line.lengthOf(false, ANSWER) >= ANSWER) return Reading::failed(Failure::ABSENT);
  return distanceReading(line.lengthOf(true, ECHO_LIMIT));
}

}  // namespace fieldline
