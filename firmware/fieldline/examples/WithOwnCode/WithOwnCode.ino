// Fieldline beside code of one's own. What stands in loop() has to return soon: sensors are read, and commands answered, only
// between two passes.

#include <Fieldline.h>

const uint8_t LED = LED_BUILTIN;  // leave the pins of your own code out of the configuration

void setup() {
  pinMode(LED, OUTPUT);
  Fieldline.begin();
}

void loop() {
  Fieldline.poll();
  digitalWrite(LED, millis() % 2000 < 100 ? HIGH : LOW);
}
