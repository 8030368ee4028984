// Echoes what it is sent, and lights the LED while A0 is above half of the supply.
void setup() {
  Serial.begin(115200);
  pinMode(LED_BUILTIN, OUTPUT);
}

void loop() {
  while (Serial.available() > 0) Serial.write(Serial.read());
  digitalWrite(LED_BUILTIN, analogRead(A0) > 512);
}
