// A file of its own because the header with any rate (termios2) and <termios.h> exclude each other.
#pragma once

#include <stdint.h>

// The rate that the host has set on its side of the pseudo-terminal, in bits a second.
uint32_t hostBaud(int master);
