// The parts of the simulated chip, whose structures simavr keeps in one list.
#pragma once

#include <simavr/avr_eeprom.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>

// UART 0, which boards have on their USB port; NULL when there is none.
avr_uart_t *uartOf(avr_t *avr);

avr_eeprom_t *eepromOf(avr_t *avr);

// The port 'B', 'C' or 'D'.
avr_ioport_t *ioportOf(avr_t *avr, char name);
