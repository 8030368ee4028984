/** How the bytes go over a serial line; what is left out is 8N1 without flow control. */
export interface LineSettings {
  readonly baud: number;
  readonly parity?: "none" | "even" | "odd" | "mark" | "space";
  readonly dataBits?: 5 | 6 | 7 | 8;
  readonly stopBits?: 1 | 2;
  readonly flow?: "none" | "rtscts" | "xonxoff";
}
