import { describe, expect, it } from "vitest";
import { parseBrokerUrl } from "./broker-url.ts";

describe("a broker's url", () => {
  it.each([
    ["mqtt://host", "mqtt://host:1883"],
    ["tcp://host:99", "mqtt://host:99"],
    ["mqtts://host", "mqtts://host:8883"],
    ["ssl://host", "mqtts://host:8883"],
    ["ws://host/mqtt?key=x", "ws://host:80/mqtt"],
    ["wss://host", "wss://host:443"],
    ["mqtt://[::1]:5", "mqtt://[::1]:5"],
    ["mqtt://me:s%40crt@host", "mqtt://host:1883"],
  ])("%s is called %s", (url, name) => {
    expect(parseBrokerUrl(url).name).toBe(name);
  });

  it("gives host, path, user and password", () => {
    expect(parseBrokerUrl("wss://me:s%40crt@[::1]:8/mqtt?key=x")).toEqual({
      transport: "websocket",
      secure: true,
      host: "::1",
      port: 8,
      path: "/mqtt?key=x",
      username: "me",
      password: "s@crt",
      name: "wss://[::1]:8/mqtt",
    });
  });

  it.each(["", "host:1883", "http://host", "mqtt://", "mqtt://me:hush@host:99999", "me:hush@host"])(
    "is not %j",
    (url) => {
      expect(() => parseBrokerUrl(url)).toThrow("expected a broker such as");
      expect(() => parseBrokerUrl(url)).not.toThrow("hush");
    },
  );

  it("without its scheme is told with it", () => {
    expect(() => parseBrokerUrl("broker.lan:1883")).toThrow("did you mean mqtt://broker.lan:1883?");
    expect(() => parseBrokerUrl("localhost")).toThrow("did you mean mqtt://localhost?");
  });

  it.each(["mqtt://host/bbq", "mqtts://host?x=1"])("%j has a path, which only a WebSocket has", (url) => {
    expect(() => parseBrokerUrl(url)).toThrow("a topic belongs in topics");
  });
});
