/** A number that only grows. */
export interface Counter {
  readonly value: number;
  add(by?: number): void;
}

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly kind: "counter" | "gauge";
  readonly help: string;
  readonly series: Map<string, () => number>;
}

/** The agent's own measurements, in the Prometheus text format (version 0.0.4). */
export class Metrics {
  readonly #families = new Map<string, Family>();
  readonly #counters = new Map<string, Counter>();

  /** The counter of that name and labels; the same one each time it is asked for. */
  counter(name: string, help: string, labels: Labels = {}): Counter {
    const key = name + labelText(labels);
    const known = this.#counters.get(key);
    if (known !== undefined) return known;
    let value = 0;
    const counter = {
      get value() {
        return value;
      },
      add(by = 1) {
        value += by;
      },
    };
    this.#counters.set(key, counter);
    this.#family("counter", name, help).set(labelText(labels), () => value);
    return counter;
  }

  /** A number that is read when somebody asks for it. */
  gauge(name: string, help: string, read: () => number, labels: Labels = {}): void {
    this.#family("gauge", name, help).set(labelText(labels), read);
  }

  /** A number that only grows and that somebody else counts, read when somebody asks for it. */
  counted(name: string, help: string, read: () => number, labels: Labels = {}): void {
    this.#family("counter", name, help).set(labelText(labels), read);
  }

  /** Forgets one number. */
  forget(name: string, labels: Labels): void {
    this.#drop(name, labelText(labels));
  }

  /** Forgets every number that has this label, of a part that is no longer there. */
  remove(name: string, value: string): void {
    const label = labelText({ [name]: value }).slice(1, -1);
    const isOf = (labels: string) =>
      labels
        .slice(1, -1)
        .split(/,(?=[a-z_]+=")/)
        .includes(label);
    for (const [family, { series }] of this.#families)
      for (const labels of [...series.keys()].filter(isOf)) this.#drop(family, labels);
  }

  /** Everything, as `/metrics` answers. */
  render(): string {
    const lines: string[] = [];
    for (const [name, family] of this.#families) {
      lines.push(`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.kind}`);
      for (const [labels, read] of family.series) lines.push(`${name}${labels} ${read()}`);
    }
    return `${lines.join("\n")}\n`;
  }

  #drop(family: string, labels: string): void {
    const series = this.#families.get(family)?.series;
    series?.delete(labels);
    this.#counters.delete(family + labels);
    if (series?.size === 0) this.#families.delete(family);
  }

  #family(kind: Family["kind"], name: string, help: string): Family["series"] {
    const known = this.#families.get(name);
    if (known !== undefined) return known.series;
    const family: Family = { kind, help, series: new Map() };
    this.#families.set(name, family);
    return family.series;
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
