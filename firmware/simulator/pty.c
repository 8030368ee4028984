#include "pty.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

static int openAsHost(const struct Pty *pty) { return open(pty->device, O_RDWR | O_NOCTTY | O_NONBLOCK); }

// Unread bytes outlive the closing of a pseudo-terminal; those of a real port do not.
static void dropUnread(const struct Pty *pty) {
  const int host = openAsHost(pty);
  if (host < 0) return;  // a host has it to itself already
  tcflush(host, TCIOFLUSH);
  close(host);
}

// Raw and at 9600 baud. Only when it has been opened once does the hang-up tell that nobody has it open.
static void setUp(const struct Pty *pty) {
  const int host = openAsHost(pty);
  if (host < 0) err(1, "%s", pty->device);
  struct termios settings;
  tcgetattr(host, &settings);
  cfmakeraw(&settings);
  cfsetspeed(&settings, B9600);
  tcsetattr(host, TCSANOW, &settings);
  close(host);
}

void plugPty(struct Pty *pty) {
  pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (pty->master < 0 || grantpt(pty->master) < 0 || unlockpt(pty->master) < 0) err(1, "no pseudo-terminal");
  if (ptsname_r(pty->master, pty->device, sizeof pty->device) != 0) err(1, "no pseudo-terminal");
  setUp(pty);
  pty->events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (inotify_add_watch(pty->events, pty->device, IN_OPEN | IN_CLOSE) < 0) err(1, "%s", pty->device);
  pty->isOpen = pty->justClosed = false;
  if (symlink(pty->device, pty->link) < 0) err(1, "%s", pty->link);
}

void unplugPty(struct Pty *pty) {
  if (pty->master < 0) return;
  unlink(pty->link);
  close(pty->master);
  close(pty->events);
  pty->master = -1;
  pty->isOpen = false;
}

// Whether it was closed and then opened, both since the look before the last. Events that follow their like are one, so they cannot be
// counted.
static bool wasReopened(struct Pty *pty) {
  bool closed = pty->justClosed, reopened = false;
  pty->justClosed = false;
  char bytes[1024] __attribute__((aligned(__alignof__(struct inotify_event))));
  ssize_t length;
  while ((length = read(pty->events, bytes, sizeof bytes)) > 0) {
    const struct inotify_event *event;
    for (char *at = bytes; at < bytes + length; at += sizeof *event + event->len) {
      event = (const struct inotify_event *)at;
      pty->justClosed = event->mask & IN_CLOSE;
      if (pty->justClosed) closed = true;
      else reopened |= closed;
    }
  }
  return reopened;
}

bool ptyWasOpened(struct Pty *pty) {
  if (pty->master < 0) return false;
  const bool reopened = wasReopened(pty);
  struct pollfd state = {.fd = pty->master};
  poll(&state, 1, 0);
  const bool wasOpen = pty->isOpen;
  pty->isOpen = !(state.revents & POLLHUP);
  if (wasOpen && (reopened || !pty->isOpen)) {
    dropUnread(pty);
    wasReopened(pty);  // that was us
    pty->justClosed = false;
  }
  return pty->isOpen && (reopened || !wasOpen);
}

size_t readPty(const struct Pty *pty, uint8_t *bytes, size_t most) {
  if (pty->master < 0 || !pty->isOpen) return 0;
  const ssize_t length = read(pty->master, bytes, most);
  return length < 0 ? 0 : (size_t)length;
}

size_t writePty(const struct Pty *pty, const uint8_t *bytes, size_t length) {
  if (pty->master < 0) return 0;
  const ssize_t written = write(pty->master, bytes, length);
  return written < 0 ? 0 : (size_t)written;
}
