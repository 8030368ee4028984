#include "commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <simavr/avr_adc.h>

#include "pin.h"

#define MOST_WORDS 8
#define ANSWER_SIZE 256

// What is behind "ok"; empty when there is nothing to say.
typedef char Answer[ANSWER_SIZE];

static bool parseWhole(const char *text, long least, long most, long *value) {
  char *end;
  *value = strtol(text, &end, 10);
  return end != text && *end == '\0' && *value >= least && *value <= most;
}

static const char *setAdc(struct Board *board, char **words) {
  long channel, millivolts;
  if (!parseWhole(words[0], 0, 7, &channel)) return "no such analog input";
  if (!parseWhole(words[1], 0, 5500, &millivolts)) return "not a voltage";
  avr_raise_irq(avr_io_getirq(board->avr, AVR_IOCTL_ADC_GETIRQ, (int)(ADC_IRQ_ADC0 + channel)), (uint32_t)millivolts);
  return NULL;
}

static const char *setSupply(struct Board *board, char **words) {
  long millivolts;
  if (!parseWhole(words[0], 1800, 5500, &millivolts)) return "not a supply that it runs on";
  board->avr->vcc = board->avr->avcc = board->avr->aref = (uint32_t)millivolts;
  return NULL;
}

static const char *setPin(struct Board *board, char **words) {
  struct Pin pin;
  long level;
  if (!parsePin(words[0], &pin)) return "no such pin";
  if (strcmp(words[1], "open") == 0) releasePin(board->avr, pin);
  else if (parseWhole(words[1], 0, 1, &level)) drivePin(board->avr, pin, level);
  else return "a level is 0, 1 or open";
  return NULL;
}

static const char *setLineNoise(struct Board *board, char **words) {
  long oneIn, seed;
  if (!parseWhole(words[0], 0, INT32_MAX, &oneIn)) return "not a number of bits";
  if (!parseWhole(words[1], 0, INT32_MAX, &seed)) return "not a seed";
  setNoise(&board->line.noise, (uint32_t)oneIn, (uint32_t)seed);
  return NULL;
}

static const char *cut(struct Board *board, char **words) {
  long bytes;
  if (!parseWhole(words[0], 1, INT32_MAX, &bytes)) return "not a number of bytes";
  unplugBoardAfter(board, (uint64_t)bytes);
  return NULL;
}

// Each returns what is wrong with its words, or NULL.
static const struct {
  const char *name;
  int words;
  const char *(*obey)(struct Board *board, char **words);
} SETTINGS[] = {
    {"adc", 2, setAdc}, {"supply", 1, setSupply}, {"pin", 2, setPin}, {"noise", 2, setLineNoise}, {"cut", 1, cut},
};

static void stop(struct Board *board) { hangBoard(board, true); }

static void go(struct Board *board) { hangBoard(board, false); }

static const struct {
  const char *name;
  void (*act)(struct Board *board);
} ACTIONS[] = {
    {"reset", resetBoard}, {"unplug", unplugBoard}, {"plug", plugBoard}, {"stop", stop}, {"go", go},
};

static const char *sayLevel(struct Board *board, const char *word, Answer answer) {
  struct Pin pin;
  if (!parsePin(word, &pin)) return "no such pin";
  snprintf(answer, ANSWER_SIZE, "%d %s", pinLevel(board->avr, pin), pinIsOutput(board->avr, pin) ? "output" : "input");
  return NULL;
}

static const char *sayState(struct Board *board, Answer answer) {
  const struct Line *line = &board->line;
  snprintf(answer, ANSWER_SIZE,
           "plugged=%d open=%d board_baud=%" PRIu32 " host_baud=%" PRIu32 " sent=%" PRIu64 " received=%" PRIu64 " lost=%" PRIu64
           " flipped=%" PRIu64,
           boardIsPlugged(board), board->pty.isOpen, boardBaud(board->avr), line->hostBaud, line->sent, line->received, line->lost,
           line->noise.flipped);
  return NULL;
}

static const char *sayBegan(struct Board *board, Answer answer) {
  snprintf(answer, ANSWER_SIZE, "%" PRId64, chipBeganUs(board));
  return NULL;
}

// Returns what is wrong, or NULL.
static const char *dispatch(struct Board *board, const char *name, char **words, int count, Answer answer) {
  for (size_t index = 0; index < sizeof ACTIONS / sizeof *ACTIONS; index++) {
    if (count != 0 || strcmp(name, ACTIONS[index].name) != 0) continue;
    ACTIONS[index].act(board);
    return NULL;
  }
  for (size_t index = 0; index < sizeof SETTINGS / sizeof *SETTINGS; index++) {
    if (strcmp(name, SETTINGS[index].name) != 0) continue;
    return count == SETTINGS[index].words ? SETTINGS[index].obey(board, words) : "wrong number of words";
  }
  if (count == 1 && strcmp(name, "level") == 0) return sayLevel(board, words[0], answer);
  if (count == 0 && strcmp(name, "state") == 0) return sayState(board, answer);
  if (count == 0 && strcmp(name, "began") == 0) return sayBegan(board, answer);
  return setSensor(&board->sensors, board->avr, name, words);
}

bool obey(struct Board *board, char *line, FILE *answers) {
  char *words[MOST_WORDS + 1] = {NULL};
  int count = 0;
  for (char *word = strtok(line, " \t\r"); word != NULL && count < MOST_WORDS; word = strtok(NULL, " \t\r")) {
    words[count++] = word;
  }
  if (count == 0) return true;
  const bool quits = count == 1 && strcmp(words[0], "quit") == 0;
  Answer answer = "";
  const char *wrong = quits ? NULL : dispatch(board, words[0], words + 1, count - 1, answer);
  if (wrong != NULL) fprintf(answers, "error %s\n", wrong);
  else fprintf(answers, "ok%s%s\n", *answer == '\0' ? "" : " ", answer);
  fflush(answers);
  return !quits;
}
