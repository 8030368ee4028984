#include "host_baud.h"

#include <asm/termbits.h>
#include <sys/ioctl.h>

uint32_t hostBaud(int master) {
  struct termios2 settings;
  return ioctl(master, TCGETS2, &settings) == 0 ? settings.c_ospeed : 0;
}
