#include "held.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <new>

#include "check.h"

using namespace fieldline;

namespace {

const uint8_t CAPACITY = 5;
typedef Held<CAPACITY> Memory;

// As after power-on: memory holds anything.
Memory *garbage(uint8_t byte) {
  static Memory memory;
  memset((void *)&memory, byte, sizeof memory);
  return &memory;
}

// As after a power-on whose start has come to its end.
Memory *started(uint8_t byte) {
  Memory *const memory = garbage(byte);
  memory->recover();
  memory->keep();
  return memory;
}

HeldReading readingOf(uint32_t number, uint32_t at) {
  HeldReading reading = HeldReading();
  reading.at = at;
  reading.values[0].whole = number * 2654435761u;
  reading.values[1].whole = ~number;
  reading.channel = (uint8_t)(number % 7);
  return reading;
}

bool isReading(const HeldReading &reading, uint32_t number) {
  return reading.values[0].whole == number * 2654435761u && reading.values[1].whole == ~number && reading.channel == number % 7;
}

void pushAll(Memory *memory, uint32_t count) {
  for (uint32_t pushed = 0; pushed < count; pushed++) memory->push(readingOf(memory->next(), pushed));
}

}  // namespace

TEST(power_on_holds_nothing) {
  for (int byte = 0; byte < 256; byte++) {
    Memory *memory = garbage((uint8_t)byte);
    CHECK(!memory->recover());
    CHECK_EQUAL(memory->next(), 0u);
    CHECK_EQUAL((int)memory->count(), 0);
  }
}

// Before the start is at its end the epoch may not have been counted.
TEST(a_start_that_a_reset_cuts_is_a_cold_one_again) {
  Memory *memory = garbage(0x55);
  CHECK(!memory->recover());
  pushAll(memory, 3);
  CHECK(!memory->recover());
  CHECK_EQUAL(memory->next(), 0u);
  memory->keep();
  CHECK(memory->recover());
}

TEST(the_newest_are_held) {
  Memory *memory = started(0);
  for (uint32_t number = 0; number < 20; number++) {
    CHECK_EQUAL(memory->push(readingOf(number, number)), number);
    CHECK_EQUAL((uint32_t)memory->count(), number < CAPACITY ? number + 1 : CAPACITY);
    for (uint32_t sequence = memory->first(); sequence != memory->next(); sequence++) {
      CHECK(memory->has(sequence));
      CHECK(isReading(memory->at(sequence), sequence));
    }
    CHECK(!memory->has(memory->next()));
    CHECK(!memory->has(memory->first() - 1));
  }
}

TEST(what_is_acknowledged_is_forgotten) {
  Memory *memory = started(0);
  pushAll(memory, 8);
  memory->acknowledge(2);
  CHECK_EQUAL(memory->first(), 3u);
  memory->acknowledge(5);
  CHECK_EQUAL(memory->first(), 6u);
  memory->acknowledge(1);
  memory->acknowledge(8);
  memory->acknowledge(0xFFFFFFFF);
  CHECK_EQUAL(memory->first(), 6u);
  memory->acknowledge(7);
  CHECK_EQUAL((int)memory->count(), 0);
  CHECK_EQUAL(memory->next(), 8u);
  pushAll(memory, 1);
  CHECK(isReading(memory->at(8), 8));
  memory->clear();
  CHECK_EQUAL((int)memory->count(), 0);
}

TEST(a_reset_leaves_them_with_their_ages) {
  Memory *memory = started(0x55);
  pushAll(memory, 7);  // at 0 to 6 ms
  memory->tick(1000);
  CHECK(memory->recover());
  CHECK_EQUAL(memory->next(), 7u);
  CHECK_EQUAL((int)memory->count(), (int)CAPACITY);
  for (uint32_t sequence = 2; sequence < 7; sequence++) {
    CHECK(isReading(memory->at(sequence), sequence));
    CHECK_EQUAL(memory->ageOf(memory->at(sequence), 250), 1250 - sequence);
  }
  memory->tick(300);
  memory->push(readingOf(7, 300));
  CHECK(memory->recover());
  CHECK(memory->recover());
  CHECK_EQUAL(memory->ageOf(memory->at(7), 10), 10u);
  CHECK_EQUAL(memory->ageOf(memory->at(6), 10), 1304u);
}

TEST(sequence_and_clock_wrap) {
  Memory *memory = started(0);
  memory->tick(0xFFFFFFF0);
  pushAll(memory, 1);
  memory->tick(0xFFFFFFFF);
  CHECK(memory->recover());
  memory->tick(100);
  memory->push(readingOf(1, 100));
  CHECK_EQUAL(memory->ageOf(memory->at(1), 150), 50u);
  // The sequence is driven to its end by hand: there is no quicker way than to change the record and its checksum.
  static Memory other;
  memcpy((void *)&other, (void *)memory, sizeof other);
  struct Record {
    uint32_t next, clock;
    uint8_t count, newest;
    uint16_t turn, check;
  };
  for (size_t place = 0; place < 2; place++) {
    Record record;
    uint8_t *const bytes = (uint8_t *)&other + 4 + place * sizeof record;
    memcpy(&record, bytes, sizeof record);
    record.next = 0xFFFFFFFE;
    record.count = 0;
    record.check = crc16(&record, offsetof(Record, check));
    memcpy(bytes, &record, sizeof record);
  }
  CHECK(other.recover());
  pushAll(&other, 4);
  CHECK_EQUAL(other.next(), 2u);
  CHECK_EQUAL(other.first(), 0xFFFFFFFEu);
  for (const uint32_t sequence : {0xFFFFFFFEu, 0xFFFFFFFFu, 0u, 1u}) CHECK(other.has(sequence) && isReading(other.at(sequence), sequence));
  other.acknowledge(0xFFFFFFFF);
  CHECK_EQUAL(other.first(), 0u);
  CHECK_EQUAL((int)other.count(), 2);
}

TEST(a_changed_channel_is_forgotten_alone) {
  Memory *memory = started(0);
  pushAll(memory, 5);
  memory->forgetChannel(3);
  CHECK(memory->recover());
  CHECK_EQUAL((int)memory->count(), 5);
  for (uint32_t sequence = 0; sequence < 5; sequence++) {
    CHECK_EQUAL((int)memory->at(sequence).channel, sequence == 3 ? (int)NO_CHANNEL : (int)sequence);
  }
}

TEST(any_flipped_bit_costs_no_more_than_what_it_hit) {
  Memory *memory = started(0);
  pushAll(memory, 9);
  static Memory before;
  memcpy((void *)&before, (void *)memory, sizeof before);
  for (size_t bit = 0; bit < 8 * sizeof before; bit++) {
    memcpy((void *)memory, (void *)&before, sizeof before);
    uint8_t *const byte = (uint8_t *)memory + bit / 8;
    *byte = (uint8_t)(*byte ^ (1 << bit % 8));
    memory->recover();
    for (uint32_t sequence = memory->first(); sequence != memory->next(); sequence++) CHECK(isReading(memory->at(sequence), sequence));
  }
}

// A process that shares the memory works on it until it is killed; then the memory has to be whole.
TEST(a_reset_at_any_moment) {
  void *const shared = mmap(NULL, sizeof(Memory), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Memory *const memory = (Memory *)shared;
  memset(shared, 0, sizeof(Memory));
  CHECK(!memory->recover());
  memory->keep();
  uint32_t pushed = 0;
  for (int kill = 0; kill < 300; kill++) {
    const pid_t child = fork();
    if (child == 0) {
      memory->recover();
      for (uint32_t now = 0;; now++) {
        memory->tick(now);
        memory->push(readingOf(memory->next(), now));
        memory->tick(now + 1);
        if (now % 3 == 0) memory->forgetChannel(200);
      }
    }
    const timespec wait = {0, 100000 + kill * 997};
    nanosleep(&wait, NULL);
    ::kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    CHECK(memory->recover());
    CHECK(memory->next() - pushed < 0x80000000);
    // One less than fit, when it came between the forgetting of the oldest and the new one.
    if (memory->next() >= CAPACITY) CHECK(memory->count() >= CAPACITY - 1);
    for (uint32_t sequence = memory->first(); sequence != memory->next(); sequence++) {
      CHECK(isReading(memory->at(sequence), sequence));
      CHECK(memory->ageOf(memory->at(sequence), 0) <= 2u * CAPACITY);
    }
    pushed = memory->next();
  }
  CHECK(pushed > 1000);
  munmap(shared, sizeof(Memory));
}
