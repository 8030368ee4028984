// Fieldline: sensors as line protocol, configured by the host. All there is to call is begin() in setup() and poll() in loop().
#pragma once

#include "board.h"
#include "link.h"
#include "parts/channel.h"
#include "parts/channel_text.h"
#include "parts/debounce.h"
#include "parts/held.h"
#include "parts/own_frame.h"
#include "parts/samples.h"

namespace fieldline {

#define FIELDLINE_VERSION "0.1.0"

class Board {
 public:
  // Opens the serial line, takes up what EEPROM and memory have kept, and says the banner. Nothing is allocated, then or later.
  void begin();

  // Answers a command, reads a channel that is due and sends a held reading again, or sleeps up to a millisecond. The longest it stays
  // is 30 ms for a sensor and as long as its lines take to send; a command that changes a channel takes up to 300 ms.
  void poll();

 private:
  // What memory has to know of a channel; the rest is in EEPROM.
  struct Progress {
    uint32_t slot;  // when the reading was due, in milliseconds as all times here
    uint32_t saidAt;
    Value said;
    uint32_t due;   // when the next step is, of a reading or of its beginning
    union {
      Debounced button;
      uint32_t pulses;  // how many there were at a frequency's last reading
    };
    bool isOn : 1;
    bool begun : 1;
    bool hasSaid : 1;
  };

  SerialOutput output;
  Frame frame{output};
  Progress channels[CHANNELS];
  Samples samples;
  uint8_t turn = 0;           // the channel that is looked at first
  bool sampling = false;      // the samples belong to the channel whose turn it is
  uint32_t again = 0;         // the next held reading to send again
  uint8_t againLeft = 0;      // and how many there are to send

  void startChannel(uint8_t index);
  void startChannels();
  void setUpPins();
  void releasePins(uint8_t index);
  void abandonSamples();
  bool serveNext(uint32_t now);
  void serve(uint8_t index, uint32_t now);
  bool advance(const Channel &channel, Progress *progress);
  OWN_FRAME void finish(uint8_t index, const Channel &channel, uint32_t now);
  float takeFrequency(const Channel &channel, Progress *progress, uint32_t now);
  void report(uint8_t index, const Channel &channel, const HeldReading &reading);
  bool sendAgain();

  // commands.cpp
  bool receive();
  void obey(char *line);
  OWN_FRAME void obeyChannel(char *rest);
  void obeyClear();
  void obeyKeep(char *rest);
  void obeyId(char *rest);
  void obeyAck(char *rest);
  void obeyAgain(char *rest);
  void sayBanner();
  void sayKinds();
  void sayOk(const char *command);
  void sayError(const char *command, const char *reason);
  void sayWrong(const Wrong &wrong);
};

}  // namespace fieldline

extern fieldline::Board Fieldline;
