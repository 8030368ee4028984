// Fieldline: flash once, configure from the host. The wire is described in firmware/PROTOCOL.md.
//
// This folder is a sketch and a library at once: open it in the Arduino IDE as it is, or install it as a library and start from
// its example.

#include "src/Fieldline.h"

void setup() { Fieldline.begin(); }

void loop() { Fieldline.poll(); }
