/** The version of the firmware that comes with this agent; firmware/fieldline/src/Fieldline.h has the same. */
export const FIRMWARE_VERSION = "0.1.0";
