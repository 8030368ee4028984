#include "report_rule.h"

#include "check.h"

using namespace fieldline;

namespace {

Value real(float number) {
  Value value;
  value.real = number;
  return value;
}

Value whole(uint32_t number) {
  Value value;
  value.whole = number;
  return value;
}

Channel onChange(Kind kind, float deadband) {
  Channel channel = channelOf(kind);
  channel.flags |= ON_CHANGE;
  channel.deadband = deadband;
  channel.heartbeat = 5000;
  return channel;
}

}  // namespace

TEST(without_a_deadband_all_is_said) { CHECK(isWorthSaying(channelOf(Kind::NTC), real(1), real(1), 0)); }

TEST(only_what_moves_by_more) {
  const Channel channel = onChange(Kind::NTC, 0.5f);
  CHECK(!isWorthSaying(channel, real(20.5f), real(20), 10));
  CHECK(isWorthSaying(channel, real(20.625f), real(20), 10));
  CHECK(!isWorthSaying(channel, real(19.5f), real(20), 10));
  CHECK(isWorthSaying(channel, real(19.375f), real(20), 10));
  CHECK(!isWorthSaying(onChange(Kind::NTC, 0), real(20), real(20), 10));
}

TEST(a_heartbeat) {
  const Channel channel = onChange(Kind::NTC, 0.5f);
  CHECK(!isWorthSaying(channel, real(20), real(20), 4999));
  CHECK(isWorthSaying(channel, real(20), real(20), 5000));
}

TEST(slow_drift_is_said_once_it_adds_up) {
  const Channel channel = onChange(Kind::NTC, 0.5f);
  float said = 20;
  int times = 0;
  for (float value = 20; value < 25; value += 0.01f) {
    if (!isWorthSaying(channel, real(value), real(said), 10)) continue;
    CHECK_NEAR(value - said, 0.5, 0.02);
    said = value;
    times++;
  }
  CHECK_EQUAL(times, 9);
}

// A float would not tell these apart.
TEST(whole_numbers_are_exact) {
  const Channel channel = onChange(Kind::COUNTER, 0);
  CHECK(isWorthSaying(channel, whole(4294967295), whole(4294967294), 10));
  CHECK(isWorthSaying(channel, whole(4294967294), whole(4294967295), 10));
  CHECK(!isWorthSaying(channel, whole(4294967295), whole(4294967295), 10));
}
