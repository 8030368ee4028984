#include "Fieldline.h"

#include <avr/sleep.h>
#include <avr/wdt.h>

#include "kept.h"
#include "parts/lines.h"
#include "parts/report_rule.h"
#include "pins.h"
#include "pulses.h"
#include "sensors.h"
#include "store.h"

fieldline::Board Fieldline;

namespace fieldline {

Kept kept __attribute__((section(".noinit")));

namespace {

// A watchdog that has bitten stays on, at its shortest, through the reset: it is stopped before anything else.
void stopWatchdog() __attribute__((naked, used, section(".init3")));
void stopWatchdog() {
  MCUSR = 0;
  wdt_disable();
}

// Whether a time has come; times wrap.
bool hasCome(uint32_t time, uint32_t now) { return (int32_t)(now - time) >= 0; }

// Timer 0 wakes the chip each millisecond, and so does the serial line.
void sleepALittle() {
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_mode();
}

}  // namespace

void Board::begin() {
  Serial.begin(BAUD);
  const bool warm = kept.held.recover();
  recoverPulses(warm);
  if (!warm) {
    countColdStart();
    kept.held.keep();  // not before: a reset in between would continue a sequence of which the epoch was not counted
  }
  startChannels();
  output.write('\n');  // ends what a reset has cut
  sayBanner();
  if (FIELDLINE_WATCHDOG) wdt_enable(WDTO_2S);
}

void Board::poll() {
  if (!callsBootloader()) wdt_reset();
  // Each gets its turn, whatever the others have to do; but samples keep their distance in time.
  const bool obeyed = receive();
  const uint32_t now = millis();  // not before: to obey takes up to 300 ms, and a reading is stamped with this
  kept.held.tick(now);
  const bool served = serveNext(now);
  const bool repeated = !sampling && sendAgain();
  if (!obeyed && !served && !repeated) sleepALittle();
}

void Board::startChannels() {
  for (uint8_t index = 0; index < CHANNELS; index++) startChannel(index);
  setUpPins();
}

void Board::startChannel(uint8_t index) {
  abandonSamples();
  Channel channel;
  // A damaged channel is off, and then the host's name for them all no longer holds.
  if (!loadChannel(index, &channel)) storeConfiguration(0);
  Progress &progress = channels[index];
  progress = Progress();
  progress.slot = millis();
  progress.isOn = channel.kind != Kind::OFF && wrongPinOf(channel) == NULL;
  if (progress.isOn && channel.kind == Kind::FREQUENCY) {
    progress.pulses = pulsesAt(pinOf(channel));
    progress.slot += channel.every;
  }
  progress.due = progress.slot;
}

// All of them: a pin that one channel lets go of may be another's too.
void Board::setUpPins() {
  for (uint8_t index = 0; index < CHANNELS; index++) {
    if (!channels[index].isOn) continue;
    Channel channel;
    loadChannel(index, &channel);
    setUp(channel);
  }
}

void Board::releasePins(uint8_t index) {
  Channel channel;
  loadChannel(index, &channel);
  release(channel);
}

// The channel that is being sampled begins again.
void Board::abandonSamples() {
  if (sampling) channels[turn].begun = false;
  sampling = false;
}

// Goes on with one channel that is due; false when none is. A channel in the middle of its samples is not left for another.
bool Board::serveNext(uint32_t now) {
  for (uint8_t step = 0; step < CHANNELS; step++) {
    const Progress &progress = channels[turn];
    if (progress.isOn && hasCome(progress.due, now)) {
      serve(turn, now);
      return true;
    }
    if (sampling) return false;
    turn = (uint8_t)(turn + 1 == CHANNELS ? 0 : turn + 1);
  }
  return false;
}

void Board::serve(uint8_t index, uint32_t now) {
  Channel channel;
  if (!loadChannel(index, &channel)) return startChannel(index);
  Progress &progress = channels[index];
  if (!advance(channel, &progress)) return;
  finish(index, channel, now);
  progress.begun = false;
  progress.slot += channel.every;
  // Slots that have been missed are left out, and a frequency is counted over a whole interval.
  if (channel.kind == Kind::FREQUENCY || hasCome(progress.slot, now)) progress.slot = now + channel.every;
  progress.due = progress.slot;
  turn = (uint8_t)(turn + 1 == CHANNELS ? 0 : turn + 1);
}

// Takes a step of a reading; true when only its end is left.
bool Board::advance(const Channel &channel, Progress *progress) {
  if (!progress->begun) {
    progress->begun = true;
    samples.clear();
    const uint16_t wait = beginReading(channel);
    progress->due = millis() + wait;  // to begin may take some of them itself
    if (wait > 0) return false;
  }
  if (!(traitsOf(channel.kind) & FILTERED)) return true;
  samples.add(takeSample(channel));
  sampling = samples.size() < channel.samples;
  progress->due++;
  return !sampling;
}

void Board::finish(uint8_t index, const Channel &channel, uint32_t now) {
  const uint16_t traits = traitsOf(channel.kind);
  HeldReading held = HeldReading();
  held.at = now;
  held.channel = index;
  if (traits & WHOLE) {
    held.values[0].whole = wholeReading(channel);
    Debounced &button = channels[index].button;
    if (channel.kind == Kind::BUTTON) {
      button.take(held.values[0].whole != 0, (uint16_t)now, channel.debounce);
      held.values[0].whole = button.state;
    }
  } else {
    Reading reading = channel.kind == Kind::FREQUENCY ? Reading::of(takeFrequency(channel, &channels[index], now))
                                                      : finishReading(channel, &samples);
    const float scaled = reading.values[0] * channel.scale + channel.offset;
    if (reading.failure == Failure::NONE && !isfinite(scaled)) reading = Reading::failed(Failure::RANGE);
    if (reading.failure != Failure::NONE) {
      channels[index].hasSaid = false;
      return putFailure(frame, index, reading.failure);
    }
    held.values[0].real = scaled;
    held.values[1].real = reading.values[1];
  }
  report(index, channel, held);
}

// Pulses a second since the last reading, or the start, which was an interval before the slot.
float Board::takeFrequency(const Channel &channel, Progress *progress, uint32_t now) {
  const uint32_t before = progress->pulses;
  progress->pulses = pulsesAt(pinOf(channel));
  return (float)(progress->pulses - before) * 1000 / (now - progress->slot + channel.every);
}

void Board::report(uint8_t index, const Channel &channel, const HeldReading &reading) {
  Progress &progress = channels[index];
  const Value value = reading.values[0];
  if (progress.hasSaid && !isWorthSaying(channel, value, progress.said, reading.at - progress.saidAt)) return;
  progress.said = value;
  progress.saidAt = reading.at;
  progress.hasSaid = true;
  const uint32_t sequence = kept.held.push(reading);
  putGroup(frame, channel, reading, '~', sequence, reading.at);
}

// Sends one held reading again; false when none is asked for.
bool Board::sendAgain() {
  if (againLeft == 0) return false;
  againLeft--;
  const uint32_t sequence = again++;
  // What has been acknowledged or pushed out meanwhile is passed over.
  if (!kept.held.has(sequence)) return true;
  const HeldReading &reading = kept.held.at(sequence);
  Channel channel;
  if (reading.channel == NO_CHANNEL || !loadChannel(reading.channel, &channel)) return true;
  putGroup(frame, channel, reading, '+', sequence, kept.held.ageOf(reading, millis()));
  return true;
}

}  // namespace fieldline
