// A Leonardo as its USB host sees it, on simavr. Opened at 115200 baud it answers and runs on; closed at 1200 baud, which calls its boot
// loader, its watchdog bites. Prints what it answers and how often it was reset meanwhile.
//
//   leonardo_usb SKETCH.hex

#include <err.h>
#include <stdio.h>
#include <string.h>

#include <simavr/avr_usb.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_hex.h>

#define FREQUENCY 16000000
#define MOST_TRIES 50

// USB 2.0, table 9-4, and the CDC's PSTN subclass 1.2, table 13.
enum { SET_ADDRESS = 5, SET_CONFIGURATION = 9, SET_LINE_CODING = 0x20, SET_CONTROL_LINE_STATE = 0x22 };
enum { TO_DEVICE = 0x00, TO_INTERFACE = 0x21 };
// The endpoints of the Arduino core.
enum { CONTROL = 0, FROM_HOST = 2, TO_HOST = 3 };

static avr_t *avr;
static int resets = -1;  // the first is the power's

static void countReset(avr_t *chip) {
  (void)chip;
  resets++;
}

// A sleeping chip costs no time.
static void sleepNot(avr_t *chip, avr_cycle_count_t cycles) {
  (void)chip;
  (void)cycles;
}

static void run(unsigned milliseconds) {
  const avr_cycle_count_t until = avr->cycle + (avr_cycle_count_t)milliseconds * (FREQUENCY / 1000);
  while (avr->cycle < until && avr_run(avr) < cpu_Done) {
  }
}

// Passes bytes once the chip is ready for it; returns how many.
static unsigned pass(uint32_t direction, uint8_t endpoint, void *bytes, unsigned length) {
  struct avr_io_usb packet = {.pipe = endpoint, .sz = length, .buf = bytes};
  for (int tries = 0; tries < MOST_TRIES; tries++) {
    if (avr_ioctl(avr, direction, &packet) != AVR_IOCTL_USB_NAK) return packet.sz;
    packet.sz = length;
    run(1);
  }
  return 0;
}

static void control(uint8_t type, uint8_t request, uint16_t value, void *bytes, uint8_t length) {
  uint8_t setup[] = {type, request, (uint8_t)value, (uint8_t)(value >> 8), 0, 0, length, 0};
  uint8_t status[64];
  pass(AVR_IOCTL_USB_SETUP, CONTROL, setup, sizeof setup);
  run(1);
  if (length > 0) pass(AVR_IOCTL_USB_WRITE, CONTROL, bytes, length);
  run(1);
  pass(AVR_IOCTL_USB_READ, CONTROL, status, sizeof status);
  run(1);
}

static void setBaud(uint32_t baud) {
  uint8_t coding[] = {(uint8_t)baud, (uint8_t)(baud >> 8), (uint8_t)(baud >> 16), 0, 0, 0, 8};
  control(TO_INTERFACE, SET_LINE_CODING, 0, coding, sizeof coding);
}

static void setOpen(uint16_t open) { control(TO_INTERFACE, SET_CONTROL_LINE_STATE, open, NULL, 0); }

static void start(const char *path) {
  avr = avr_make_mcu_by_name("atmega32u4");
  ihex_chunk_p chunks = NULL;
  const int count = read_ihex_chunks(path, &chunks);
  if (avr == NULL || count <= 0) errx(1, "no chip, or %s is no hex file", path);
  avr_init(avr);
  avr->frequency = FREQUENCY;
  avr->vcc = avr->avcc = avr->aref = 5000;
  avr->sleep = sleepNot;
  avr->reset = countReset;
  for (int index = 0; index < count; index++) memcpy(avr->flash + chunks[index].baseaddr, chunks[index].data, chunks[index].size);
  avr->codeend = avr->flashend;
  avr_reset(avr);
  uint32_t power = 1;
  avr_ioctl(avr, AVR_IOCTL_USB_VBUS, &power);
  run(100);
  avr_ioctl(avr, AVR_IOCTL_USB_RESET, NULL);
  run(10);
  control(TO_DEVICE, SET_ADDRESS, 5, NULL, 0);
  control(TO_DEVICE, SET_CONFIGURATION, 1, NULL, 0);
}

int main(int count, char **words) {
  if (count != 2) errx(2, "usage: leonardo_usb SKETCH.hex");
  start(words[1]);
  setBaud(115200);
  setOpen(1);
  char command[] = "!info*GK@G\n", answer[65] = "";
  pass(AVR_IOCTL_USB_WRITE, FROM_HOST, command, sizeof command - 1);
  run(10);
  answer[pass(AVR_IOCTL_USB_READ, TO_HOST, answer, sizeof answer - 1)] = '\0';
  printf("answers %s\n", answer);
  run(2500);
  printf("resets while it is open: %d\n", resets);
  setBaud(1200);
  setOpen(0);
  run(2500);
  printf("resets once it is closed at 1200 baud: %d\n", resets);
  return 0;
}
