/** A made storm over the made city: rain, depths, forecasts and warnings at any minute. */
import { city } from "./city.mjs";

export const START = Date.parse("2031-07-01T13:00:00+08:00") / 1000;
export const LENGTH_MIN = 8 * 60;
const PEAK_MIN = 150;
const HORIZON_MIN = city.forecast.horizon_min;
const classes = city.classes;

/** Rain rate [mm/h] at gauge g: a Chicago-like peak, a smaller one later, shifted from gauge to gauge. */
function rate(g, minute) {
  const at = minute - 6 * g;
  const peak = (m, top, width) => top / (1 + (Math.abs(at - m) / width) ** 1.9);
  if (at < 30 || at > 330) return 0;
  const gust = 1 + 0.22 * Math.sin(0.9 * at + g) + 0.15 * Math.sin(0.37 * at + 2 * g);
  const value = gust * (0.82 + 0.09 * g) * (peak(PEAK_MIN, 112, 17) + peak(265, 22, 12));
  return value < 0.6 ? 0 : Math.round(value * 10) / 10;
}

/** A reservoir for each point: what rain brings, what the sewer takes, what stays on the road [m]. */
function next(state, rain_mmh, i) {
  const gain = 0.0034 + 0.0011 * ((i * 5) % 7);
  const drain = 0.011 + 0.002 * (i % 3);
  const hold = 0.3 + 0.09 * ((i * 7) % 5);
  const soaked = Math.max(0, state + (gain * rain_mmh) / 60 - drain * Math.max(0.05, state));
  return {
    soaked,
    depth: Math.max(0, (soaked - hold * 0.16) * 2.3 * (i === 11 || i === 4 ? 0.12 : 1)),
  };
}

const isoOf = (minute) =>
  `${new Date((START + minute * 60 + 8 * 3600) * 1000).toISOString().slice(0, 19)}+08:00`;
const classAt = (depth) => [...classes].reverse().find((c) => depth >= c.depth_m) ?? null;
const round3 = (v) => Math.round(v * 1000) / 1000;

/** Everything computed once; what a minute shows is cut out of it. */
function compute() {
  return city.points.map((point, i) => {
    const model = [];
    const real = [];
    let a = 0;
    let b = 0;
    for (let m = 0; m <= LENGTH_MIN; m++) {
      const x = next(a, rate(i % 4, m), i);
      const y = next(b, rate(i % 4, m) * 1.08, i);
      a = x.soaked;
      b = y.soaked;
      model.push({ soaked: a, depth: x.depth });
      real.push(y.depth);
    }
    return { point, i, model, real };
  });
}

const all = compute();

/** Depths of the next two hours when the rain of the last ten minutes goes on and fades. */
function forecastOf(one, issued) {
  const recent = [0, 2, 4, 6, 8].reduce((sum, k) => sum + rate(one.i % 4, issued - k), 0) / 5;
  const rising = rate(one.i % 4, issued) > rate(one.i % 4, issued - 10) ? 1.5 : 0.9;
  const pairs = [];
  let { soaked } = one.model[issued];
  for (let m = 1; m <= HORIZON_MIN; m++) {
    const x = next(soaked, recent * rising * Math.exp(-m / 55), one.i);
    soaked = x.soaked;
    if (m % 2 === 0) pairs.push([START + (issued + m) * 60, round3(x.depth)]);
  }
  return pairs;
}

export class Storm {
  constructor() {
    this.warnings = [];
    this.issued = -1;
    this.forecasts = new Map();
    this.samples = 0;
    this.ids = 0;
  }

  /** Goes on to a minute, one forecast each five. Returns true when there was a new forecast. */
  advance(minute) {
    let fresh = false;
    const last = Math.floor(Math.min(minute, LENGTH_MIN) / 5) * 5;
    for (let m = this.issued < 0 ? 0 : this.issued + 5; m <= last; m += 5) {
      this.issue(m);
      fresh = true;
    }
    this.samples = Math.floor(minute) * 17;
    return fresh;
  }

  issue(minute) {
    this.issued = minute;
    for (const one of all) {
      const pairs = forecastOf(one, minute);
      this.forecasts.set(one.point.id, pairs);
      this.judge(one, pairs, minute);
    }
  }

  judge(one, pairs, minute) {
    const depth_m = Math.max(...pairs.map(([, v]) => v), one.model[minute].depth);
    const hazard = classAt(depth_m);
    const open = this.warnings.find((w) => w.point === one.point.id && w.state !== "ended");
    if (!hazard) {
      if (open) Object.assign(open, { state: "ended", updated: isoOf(minute) });
      return;
    }
    const passing = pairs.find(([, v]) => v >= hazard.depth_m);
    const expected = isoOf(passing ? Math.round((passing[0] - START) / 60) : minute);
    const lowest = classes[0].depth_m;
    const reached = one.model[minute].depth >= lowest ? isoOf(minute) : null;
    if (!open) {
      this.warnings.push({
        id: ++this.ids,
        point: one.point.id,
        name: one.point.name,
        class: hazard.class,
        depth_m: round3(depth_m),
        expected,
        state: "active",
        issued: isoOf(minute),
        updated: isoOf(minute),
        reached,
        simulated: true,
      });
      return;
    }
    const rank = (c) => classes.findIndex((x) => x.class === c);
    if (rank(hazard.class) > rank(open.class)) Object.assign(open, { state: "active", expected });
    if (rank(hazard.class) !== rank(open.class) && !passing) open.expected = expected;
    Object.assign(open, {
      class: hazard.class,
      depth_m: round3(depth_m),
      updated: isoOf(minute),
      reached: open.reached ?? reached,
    });
  }

  warningsAt(minute, ended) {
    return this.warnings
      .filter((w) => ended || w.state !== "ended")
      .map((w) => ({
        ...w,
        lead_min: Math.round((Date.parse(w.expected) / 1000 - START) / 60 - minute),
      }));
  }

  pointsAt(minute) {
    const m = Math.floor(minute);
    return all.map((one) => {
      const pairs = this.forecasts.get(one.point.id) ?? [];
      const peak = pairs.reduce((best, pair) => (!best || pair[1] > best[1] ? pair : best), null);
      const open = this.warnings.find((w) => w.point === one.point.id && w.state !== "ended");
      return {
        id: one.point.id,
        modelled_m: round3(one.model[m].depth),
        forecast_max_m: peak ? peak[1] : null,
        forecast_max_at: peak ? isoOf((peak[0] - START) / 60) : null,
        class: open?.class ?? null,
        modelled_at: isoOf(m),
      };
    });
  }

  seriesOf(id, minute) {
    const one = all.find((x) => x.point.id === id);
    if (!one) return null;
    const m = Math.floor(minute);
    const modelled = [];
    const measured = [];
    for (let k = 0; k <= m; k++) {
      modelled.push([START + k * 60, round3(one.model[k].depth)]);
      if (one.i < 9 && k % 5 === 0)
        measured.push([
          START + k * 60,
          round3(Math.max(0, one.real[k] + 0.006 * Math.sin(k * 1.9))),
        ]);
    }
    return {
      id,
      unit: "m",
      modelled,
      measured,
      forecast: this.forecasts.get(id) ?? [],
      sensors: one.i < 9 ? [`L${one.i + 1}`] : [],
      issued: isoOf(Math.max(0, this.issued)),
    };
  }

  sensorsAt(minute) {
    const m = Math.floor(minute / 5) * 5;
    return city.sensors.map((sensor, i) => {
      const g = i % 4;
      const value = {
        level: 0.4 + (all[i % 12]?.real[m] ?? 0),
        flow: 0.2 + rate(g, m) / 30,
        rain: rate(g, m) / 12,
      }[sensor.kind];
      return {
        id: sensor.id,
        kind: sensor.kind,
        element: sensor.element,
        unit: sensor.unit,
        value: round3(value),
        time: isoOf(m),
        age_s: Math.round((minute - m) * 60),
        quality: "good",
        source: "mock",
        simulated: true,
      };
    });
  }

  rainAt(minute) {
    const now = Math.floor(minute / 5) * 5;
    const bars = (g, from, to, of) => {
      const pairs = [];
      for (let m = from; m <= to; m += 5) pairs.push([START + m * 60, of(m)]);
      return pairs;
    };
    const issued = Math.max(0, this.issued);
    return {
      unit: "mm/h",
      gages: [0, 1, 2, 3].map((g) => ({
        id: `G${g + 1}`,
        interval_s: 300,
        measured: bars(g, 5, now, (m) => rate(g, m)),
        forecast: bars(
          g,
          now + 5,
          issued + HORIZON_MIN,
          (m) => Math.round(10 * rate(g, issued) * Math.exp(-(m - issued) / 55)) / 10,
        ),
      })),
    };
  }

  forecastInfo() {
    return {
      issued: this.issued < 0 ? null : isoOf(this.issued),
      took_ms: 840,
      horizon_min: HORIZON_MIN,
      rain: "honest",
    };
  }

  iso(minute) {
    return isoOf(minute);
  }
}
