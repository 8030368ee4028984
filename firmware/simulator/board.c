#include "board.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "flash.h"
#include "modules.h"
#include "pin.h"

#define CYCLES_A_US 16
#define FREQUENCY (CYCLES_A_US * 1000000)
#define SUPPLY 5000       // millivolts
#define RESET_CAUSE 0x54  // MCUSR
#define POWER_ON 1        // PORF
#define EXTERNAL 2        // EXTRF
#define NOTICE_NS 20000000     // until the host sees that the port is gone
#define MOST_LAG_NS 100000000  // what a busy machine owes beyond that is not made up for
#define SLICE_NS 2000000       // between two looks at the host
#define START_UP_NS 65000000   // from a reset to the first instruction, by the Uno's fuses

static int64_t nowNs(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void logOf(struct avr_t *avr, const int level, const char *format, va_list values) {
  if (avr == NULL || level <= avr->log) vfprintf(stderr, format, values);
}

// A sleeping chip costs no time: the pace is kept outside.
static void sleepNot(avr_t *avr, avr_cycle_count_t cycles) {
  (void)avr;
  (void)cycles;
}

// Called by any reset, the watchdog's too.
static void afterReset(avr_t *avr) {
  struct Board *board = avr->custom.data;
  restorePins(avr);
  restartEeprom(&board->eeprom);
  restartLine(&board->line);
  restartSensors(&board->sensors, board->cold);
}

void startBoard(struct Board *board, const struct BoardSetup *setup) {
  *board = (struct Board){.pty = {.link = setup->link, .master = -1}, .resetsOnOpen = setup->resetsOnOpen};
  avr_global_logger_set(logOf);
  avr_t *avr = board->avr = avr_make_mcu_by_name(setup->chip);
  if (avr == NULL) errx(1, "libsimavr does not know the chip %s", setup->chip);
  avr_init(avr);
  if (uartOf(avr) == NULL) errx(1, "the chip %s has no UART 0", setup->chip);
  avr->frequency = FREQUENCY;
  avr->log = LOG_WARNING;
  avr->vcc = avr->avcc = avr->aref = SUPPLY;
  avr->sleep = sleepNot;
  avr->custom.data = board;
  avr->reset = afterReset;
  startFlash(avr, setup->flash);
  startEeprom(&board->eeprom, avr, setup->eeprom);
  if (setup->sketch != NULL) loadHex(avr, setup->sketch);
  // The watchdog's reset goes there too.
  if (setup->bootloader != NULL) avr->reset_pc = loadHex(avr, setup->bootloader);
  startPins(avr);
  startLine(&board->line, avr, &board->pty);
  plugBoard(board);
}

// The chip's time goes on from here, after a while.
static void setClock(struct Board *board, int64_t delayNs) {
  board->sinceNs = nowNs() + delayNs;
  board->sinceCycle = board->avr->cycle;
}

static void reset(struct Board *board, uint8_t cause) {
  avr_reset(board->avr);
  board->avr->data[RESET_CAUSE] = cause;
  setClock(board, START_UP_NS);
  board->resetCycle = board->avr->cycle;
}

void resetBoard(struct Board *board) {
  if (boardIsPlugged(board)) reset(board, EXTERNAL);
}

void plugBoard(struct Board *board) {
  if (boardIsPlugged(board)) return;
  const avr_t *avr = board->avr;
  memset(avr->data + avr->ioend + 1, 0xA5, avr->ramend - avr->ioend);
  board->hangs = false;
  board->cold = true;
  reset(board, POWER_ON);
  board->cold = false;
  plugPty(&board->pty);
}

void unplugBoard(struct Board *board) {
  unplugPty(&board->pty);
  clearLine(&board->line);
  cutEeprom(&board->eeprom);
}

void unplugBoardAfter(struct Board *board, uint64_t bytes) { board->line.cutAt = board->line.sent + bytes; }

// The host sees the last bytes and then, a little later, that the port is gone.
static void endCut(struct Board *board) {
  moveLine(&board->line);
  nanosleep(&(struct timespec){.tv_nsec = NOTICE_NS}, NULL);
  unplugBoard(board);
}

bool boardIsPlugged(const struct Board *board) { return board->pty.master >= 0; }

int64_t chipBeganUs(const struct Board *board) {
  struct timespec wall;
  clock_gettime(CLOCK_REALTIME, &wall);
  const int64_t wallNs = (int64_t)wall.tv_sec * 1000000000 + wall.tv_nsec;
  const int64_t ranNs = (int64_t)(board->sinceCycle - board->resetCycle) * 1000 / CYCLES_A_US;
  return (wallNs - nowNs() + board->sinceNs - ranNs) / 1000;
}

void hangBoard(struct Board *board, bool hangs) {
  if (board->hangs && !hangs) setClock(board, 0);
  board->hangs = hangs;
}

// How far behind the present the chip is.
static int64_t lagNs(struct Board *board) {
  const int64_t done = (int64_t)(board->avr->cycle - board->sinceCycle) * 1000 / CYCLES_A_US;
  const int64_t lag = nowNs() - board->sinceNs - done;
  if (lag <= MOST_LAG_NS) return lag;
  board->sinceNs += lag - MOST_LAG_NS;
  return MOST_LAG_NS;
}

bool runBoard(struct Board *board) {
  if (!boardIsPlugged(board)) return true;
  if (ptyWasOpened(&board->pty) && board->resetsOnOpen) resetBoard(board);
  moveLine(&board->line);
  if (board->hangs || board->avr->state >= cpu_Done) return true;
  const int64_t lag = lagNs(board), slice = lag < SLICE_NS ? lag : SLICE_NS;
  if (slice <= 0) return true;
  const avr_cycle_count_t target = board->avr->cycle + (avr_cycle_count_t)(slice * CYCLES_A_US / 1000);
  while (board->avr->cycle < target && !lineIsCut(&board->line) && avr_run(board->avr) < cpu_Done) {
  }
  if (lineIsCut(&board->line)) endCut(board);
  else moveLine(&board->line);
  return lag == slice;
}
