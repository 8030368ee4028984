// What a test or a person tells the simulator, one command a line; each is answered by one line that begins with "ok" or "error".
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "board.h"

// Obeys the line, which is cut up, and writes the answer; false when it was "quit".
bool obey(struct Board *board, char *line, FILE *answers);
