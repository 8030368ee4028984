import { type Attributes, decimalText } from "fieldline/plugin";
import { NO_PROPERTIES } from "./properties.ts";
import type { Publish } from "./publish.ts";

/** A sender's own properties beyond this many characters are left out: they are kept with every reading. */
const MAX_CHARACTERS = 4096;

/**
 * What a PUBLISH says beside its topic and payload: `packet_id`, `qos`, `retain`, `dup`, `content_type`,
 * `response_topic`, and each user property as `user.NAME`. Undefined when there is nothing to say.
 */
export function attributesOf({ qos, retain, dup, packetId, properties }: Publish): Attributes | undefined {
  const plain = !retain && !dup && properties === NO_PROPERTIES;
  if (qos === 0 && (plain || (!retain && Object.keys(properties).length === 0))) return undefined;
  const attributes: Record<string, string> =
    qos === 0 ? {} : { packet_id: decimalText(packetId), qos: decimalText(qos) };
  if (plain) return attributes;
  if (retain) attributes["retain"] = "true";
  if (dup) attributes["dup"] = "true";
  addProperties(attributes, properties);
  return attributes;
}

function addProperties(attributes: Record<string, string>, properties: Publish["properties"]): void {
  const { contentType, responseTopic, user = [] } = properties;
  let room = MAX_CHARACTERS;
  const add = (name: string, value: string) => {
    room -= name.length + value.length;
    if (room >= 0) attributes[name] = value;
  };
  if (contentType !== undefined) add("content_type", contentType);
  if (responseTopic !== undefined) add("response_topic", responseTopic);
  for (const [name, value] of user) add(`user.${name}`, value);
}
