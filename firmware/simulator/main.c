// A simulated Uno. README.md says how to use it.

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "commands.h"

#define LONGEST_COMMAND 512
#define PAUSE_MS 1

struct Input {
  char text[LONGEST_COMMAND];
  size_t length;
};

static volatile sig_atomic_t ended = 0;

static void end(int number) {
  (void)number;
  ended = 1;
}

static struct BoardSetup readArguments(int count, char **words) {
  struct BoardSetup setup = {.chip = "atmega328p", .resetsOnOpen = true};
  int option;
  while ((option = getopt(count, words, "l:c:b:f:e:n")) != -1) {
    if (option == 'l') setup.link = optarg;
    else if (option == 'c') setup.chip = optarg;
    else if (option == 'b') setup.bootloader = optarg;
    else if (option == 'f') setup.flash = optarg;
    else if (option == 'e') setup.eeprom = optarg;
    else if (option == 'n') setup.resetsOnOpen = false;
    else exit(2);
  }
  if (optind < count) setup.sketch = words[optind];
  if (setup.link == NULL) errx(2, "usage: simulator -l PORT [-c CHIP] [-b BOOTLOADER.hex] [-f FLASH] [-e EEPROM] [-n] [SKETCH.hex]");
  return setup;
}

// Obeys all whole lines that have come; false at the end of the input or of the wish to go on.
static bool readCommands(struct Input *input, struct Board *board, FILE *answers) {
  const ssize_t got = read(STDIN_FILENO, input->text + input->length, sizeof input->text - input->length);
  if (got <= 0) return false;
  input->length += (size_t)got;
  char *newline;
  while ((newline = memchr(input->text, '\n', input->length)) != NULL) {
    *newline = '\0';
    const size_t used = (size_t)(newline + 1 - input->text);
    const bool goesOn = obey(board, input->text, answers);
    input->length -= used;
    memmove(input->text, newline + 1, input->length);
    if (!goesOn) return false;
  }
  if (input->length == sizeof input->text) errx(1, "a command is too long");
  return true;
}

int main(int count, char **words) {
  const struct BoardSetup setup = readArguments(count, words);
  // What libsimavr prints must not come between the answers.
  FILE *answers = fdopen(dup(STDOUT_FILENO), "w");
  dup2(STDERR_FILENO, STDOUT_FILENO);
  signal(SIGTERM, end);
  signal(SIGINT, end);
  signal(SIGPIPE, SIG_IGN);

  static struct Board board;
  static struct Input input;
  startBoard(&board, &setup);
  fprintf(answers, "ok %s\n", setup.link);
  fflush(answers);
  bool idle = false;
  while (!ended) {
    struct pollfd commands = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&commands, 1, idle ? PAUSE_MS : 0) > 0 && !readCommands(&input, &board, answers)) break;
    idle = runBoard(&board);
  }
  unplugBoard(&board);
  return 0;
}
