#include "line.h"

#include <string.h>

#include "host_baud.h"
#include "modules.h"

#define BITS_A_BYTE 10  // with start and stop bit

// The UART holds two bytes, a third waits in the shift register; simavr hands each on a byte's time late, so one more.
#define UART_HOLDS 4

uint32_t boardBaud(avr_t *avr) {
  const avr_uart_t *uart = uartOf(avr);
  const uint32_t divider = avr->data[uart->ubrrl.reg] | (avr->data[uart->ubrrh.reg] & 0x0F) << 8;
  return avr->frequency / ((avr_regbit_get(avr, uart->u2x) ? 8 : 16) * (divider + 1));
}

static bool add(struct LineBuffer *buffer, uint8_t byte) {
  if (buffer->length == LINE_BUFFER) return false;
  buffer->bytes[buffer->length++] = byte;
  return true;
}

static void removeFirst(struct LineBuffer *buffer, size_t count) {
  buffer->length -= count;
  memmove(buffer->bytes, buffer->bytes + count, buffer->length);
}

static avr_cycle_count_t cyclesPerByte(const avr_t *avr, uint32_t baud) { return (avr_cycle_count_t)avr->frequency * BITS_A_BYTE / baud; }

static double secondsOf(const avr_t *avr, avr_cycle_count_t cycle) { return (double)cycle / avr->frequency; }

static void sendByte(struct avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  struct Line *line = param;
  if (lineIsCut(line)) return;
  line->sent++;
  if (!line->pty->isOpen) {
    line->lost++;
    return;
  }
  // simavr takes two bytes at once where the chip takes a second one into its buffer.
  const uint32_t baud = boardBaud(line->avr);
  const double now = secondsOf(line->avr, line->avr->cycle);
  const double start = now > line->sentAt ? now : line->sentAt;
  line->sentAt = start + (double)BITS_A_BYTE / baud;
  uint8_t bytes[MOST_SAMPLED];
  const int count = sampleByte(&line->hostSampler, (uint8_t)value, start, baud, line->hostBaud, bytes);
  for (int index = 0; index < count; index++) {
    const uint8_t byte = throughNoise(&line->noise, bytes[index]);
    if (!add(&line->toHost, byte)) line->lost++;
  }
}

static bool uartIsFull(avr_t *avr) {
  const uart_fifo_t *input = &uartOf(avr)->input;
  return ((input->write - input->read) & (uart_fifo_fifo_size - 1)) >= UART_HOLDS;
}

static avr_cycle_count_t receiveByte(avr_t *avr, avr_cycle_count_t when, void *param) {
  struct Line *line = param;
  if (line->toBoard.length == 0 || line->hostBaud == 0) return 0;
  uint8_t bytes[MOST_SAMPLED];
  const int count = sampleByte(&line->boardSampler, line->toBoard.bytes[0], secondsOf(avr, when), line->hostBaud, boardBaud(avr), bytes);
  removeFirst(&line->toBoard, 1);
  for (int index = 0; index < count; index++) {
    if (uartIsFull(avr)) {
      line->lost++;
      continue;
    }
    line->received++;
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), throughNoise(&line->noise, bytes[index]));
  }
  return when + cyclesPerByte(avr, line->hostBaud);
}

void startLine(struct Line *line, avr_t *avr, struct Pty *pty) {
  *line = (struct Line){.avr = avr, .pty = pty, .cutAt = UINT64_MAX};
  uint32_t flags = 0;  // no echo of lines to stdout, no naps
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), sendByte, line);
}

void moveLine(struct Line *line) {
  // simavr reckons with a parity bit that is not there.
  uartOf(line->avr)->cycles_per_byte = cyclesPerByte(line->avr, boardBaud(line->avr));
  struct LineBuffer *in = &line->toBoard, *out = &line->toHost;
  if (line->pty->isOpen) line->hostBaud = hostBaud(line->pty->master);
  const bool idle = in->length == 0;
  in->length += readPty(line->pty, in->bytes + in->length, LINE_BUFFER - in->length);
  if (idle && in->length > 0) avr_cycle_timer_register_usec(line->avr, 1, receiveByte, line);
  if (!line->pty->isOpen) {
    line->lost += out->length;
    out->length = 0;
  }
  // What the host does not fetch waits here, and when this is full, is lost.
  if (out->length > 0) removeFirst(out, writePty(line->pty, out->bytes, out->length));
}

void restartLine(struct Line *line) {
  if (line->toBoard.length > 0) avr_cycle_timer_register_usec(line->avr, 1, receiveByte, line);
}

void clearLine(struct Line *line) {
  line->toBoard.length = 0;
  line->toHost.length = 0;
  line->cutAt = UINT64_MAX;
}

bool lineIsCut(const struct Line *line) { return line->sent >= line->cutAt; }
