// Reads the settings of a channel: "kind=ntc pin=A0 every=1000 name=meat,probe=brisket".
#pragma once

#include <stdint.h>
#include <string.h>

#include "channel.h"
#include "channel_key.h"
#include "line_reader.h"
#include "progmem.h"

namespace fieldline {

// What is wrong with a text: a word of it, or a reason, which is in flash; neither when nothing is.
struct Wrong {
  const char *word;
  const char *reason;

  bool any() const { return word != NULL || reason != NULL; }
  static Wrong with(const char *word) { return Wrong{word, NULL}; }
  static Wrong because(const char *reason) { return Wrong{NULL, reason}; }
};

// Reads the settings, and cuts the text up.
inline Wrong parseChannel(char *text, Channel *channel) {
  const char *word = nextWord(&text);
  Kind kind;
  if (word == NULL || strncmp_P(word, PSTR("kind="), 5) != 0 || !findKind(word + 5, &kind)) return Wrong::because(PSTR("kind"));
  *channel = channelOf(kind);
  const KindInfo info = infoOf(kind);
  Beta beta = {3950, 10000, 10000};
  while ((word = nextWord(&text)) != NULL) {
    char *equals = (char *)strchr(word, '=');
    if (equals == NULL) return Wrong::with(word);
    *equals = '\0';
    Key key;
    if (!findKey(word, info.traits, &key) || !setKey(channel, &beta, key, equals + 1)) return Wrong::with(word);
  }
  if (kind == Kind::OFF) return Wrong::because(NULL);
  if ((info.traits & HAS_THERMISTOR) && channel->thermistor.b == 0) {
    if (channel->thermistor.a != 0 || channel->thermistor.c != 0) return Wrong::because(PSTR("b"));
    channel->thermistor = thermistorOf(beta.beta, beta.r0, beta.series);
  }
  if (channel->name[0] == '\0') return Wrong::because(PSTR("name"));
  const bool needsPin = info.traits & (ANALOG_PIN | DIGITAL_PIN | INTERRUPT_PIN);
  if (needsPin && channel->pin == NO_PIN) return Wrong::because(PSTR("pin"));
  if ((info.traits & HAS_ECHO) && channel->echo == NO_PIN) return Wrong::because(PSTR("echo"));
  // Samples are a millisecond apart; twice that leaves room for the others.
  return Wrong::because(channel->every < 2UL * channel->samples ? PSTR("every") : NULL);
}

}  // namespace fieldline
