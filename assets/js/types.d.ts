// What the scripts speak of: what the server answers, and what is made of it. Names here are known in
// every module.

// ---- numbers and places ----

/** Low and high. */
type Span = number[];
/** A span across and one upwards. */
type View = Span[];
/** x and y. */
type Point = [number, number];
/** From a row to a pixel; NaN where there is none. */
type Place = (row: number) => Point;
/** From a row to where its point stands in space. */
type Place3 = (row: number) => number[];
/** Width and height. */
type Size = [number, number];
/** Of a picture to keep: its width and height, and pixels of a unit. */
type PictureSize = [width: number, height: number, unit: number, measure: string];
/** The text of a link, by key. */
type Query = Record<string, any>;
/** `good`: something has been done, and nothing is wrong. */
type Message = { field: string; text: string; good?: boolean };

type Clock = "step" | "eta" | "tau";
type Strobe = "all" | "even" | "odd" | "midpoints";
// What is said in Python, in `app/vocabulary.py`.
type Vocabulary = {
  view: Chosen & Record<string, any>;
  page_keys: string[];
  clocks: Record<Clock, string>;
  clock_titles: Record<Clock, string>;
  strobes: Strobe[];
  laws: string[];
  lopsided: string;
  balance: string;
  phases: Record<Phase["name"], string>;
  nowhere: string;
  /** How a run stopped, by its outcome, and the outcomes of one that could not go on. */
  endings: Record<string, string>;
  failures: string[];
  plots: Plot[];
  orbit_titles: Record<OrbitView, string>;
  rate_titles: Record<RateView, string>;
  fates: number; // how many have an ink; 0 is a cell that was not computed
  inks: string[];
  scale: number; // colours of the scale of sharpness
  heights: number; // and of the landscape, from the valley up
  most_runs: number;
  most_branches: number;
  /** Of each plot of the lab, how many rules at once. */
  most_rules: Record<Plot, number>;
  no_time: string;
  version: string;
  run_inks: number;
  /** The numbers of rules, and how they are written. */
  rule_numbers: Record<string, string>;
  licence: string; // of what leaves a page
  picture_sizes: Record<string, PictureSize>;
  rows: number; // of a recording
};
/** What goes beside a run of GD: the flow of its means, the rod, or both. */
type Ghost = "central" | "rod" | "both";
type Look = "root" | "log" | "sharpness" | "surface";
/** `early`: before the edge, where parity means nothing. */
type Kind = "early" | "even" | "odd" | "midpoint" | "floor";
type Parity = "even" | "odd";
type PanelName =
  "landscape" | "sharpness" | "across" | "along" | "gap" | "alignment" | "bounce" | "ledger" | "difference";

// ---- runs, as /run.bin has them ----

/** Columns of a run; one of vectors is flat, row by row. */
type Columns = Record<string, Float32Array>;

/** A run or a stretch of one. */
type Part = {
  rows: number;
  columns: Columns;
  widths: Record<string, number>;
  key?: string;
};

type Phase = { name: "descent" | "alignment" | "edge" | "floor" | "overlong" | "beyond"; first: number };

type Run = Part & {
  rule: string;
  name: string;
  /** The sharpness from which a step no longer contracts, as a formula. */
  edge: string;
  /** Whether its flow says where it goes in the mean over its hops, and not where it drifts along Γ. */
  central: boolean;
  /** What gradient flow conserves, as a person reads it, and what a step does to it: c · term, or c + term. */
  conserved: { words: string; term: string; multiplies: boolean } | null;
  /** The first where it changes. */
  eta: number;
  /** Where η changes: each with the step from which it holds, the first too. */
  changes?: [number, number][];
  steps: number;
  last: number;
  outcome: string;
  outcome_step: number;
  outcome_words: string;
  /** From which step on rounding decides where it goes; null where it does not. */
  parted_from: number | null;
  phases: Phase[];
  /** Of a branch: the step at which it leaves the run at a place. */
  fork?: { step: number; of: number };
  /** Columns that are still to come. */
  absent?: { name: string; width: number }[];
  /** Full resolution around the playhead, and where one has zoomed in. */
  window?: Part;
  windowTurn?: number;
  /** Of which steps it is on its way. */
  coming?: { first: number; end: number };
  details?: Record<string, Part>;
};

/** The rod beside a run of GD: where it begins and where it has lost the hops' phase; of a run that never hops no rows. */
type Rod = Part & { first: number | null; lost: number | null };

type Located = { part: Part; row: number; exact: boolean };

/** A step size, or several with the step from which each holds. */
type Pace = number | [number, number][];

type Settings = {
  loss: string;
  /** The text of a formula of one's own. */
  formula?: string;
  rule: string[];
  eta: number[];
  /** How η changes, where it does: each with the step from which it holds. */
  schedule?: [number, number][];
  /** What branches change, where there are some. */
  forks?: { step: number; of: number; eta?: number; rule?: string; noise?: number; push?: number[]; name?: string }[];
  start: number[];
  steps: number;
  noise: number;
  seed: number;
  /** The time that shows the loss, η^power t. */
  horizon: number;
  power: 1 | 2;
  /** How the loss is looked at first. */
  usual: Record<string, string>;
  scenes: { name: string; query: string }[];
  view: Span[];
  codim: number;
  variables: string[];
  sheet: boolean;
  /** What there is to know of a formula of one's own: what was subtracted, why there is no valley. */
  remarks: string[];
  parameters: Parameter[];
  rule_parameters: Parameter[];
  /** Where there is no server: the step sizes that there are, and of which runs it is known why they drift. */
  etas?: number[];
  explained?: string[];
  family?: number;
};

/** A number in the formula of a loss, or of a rule. */
type Parameter = { name: string; symbol: string; value: number; default: number; range: Span; words: string };

type Story = {
  phases: Record<string, string>;
  all: string;
  end: string;
  stays: string;
  parted: string;
  drifts: string;
};

type Words = {
  question: string;
  caption: string;
  titles: Record<"across" | "along", string>;
  formula: string;
  valley: string;
  sharpness: string;
  rules: { name: string; formula: string }[];
  labels: string[];
  stories: any[];
};

/** What of the link belongs to the page. */
type PageSettings = {
  at: number;
  clock: Clock;
  axis: "linear" | "log";
  strobe: Strobe;
  look: Look;
  lens: "on" | "off";
  ghost: Ghost;
  panel: PanelName;
  against: number | null;
  focus: number | null;
  hide: string[];
  embed: boolean;
};

/** What belongs to the picture and not to a run. */
type Chosen = Pick<PageSettings, "clock" | "axis" | "strobe" | "look" | "lens" | "ghost" | "panel" | "against">;

/** An answer of /run.bin. */
type Result = {
  settings: Settings;
  query: string;
  notices: Message[];
  /** Why less is shown than was asked for. */
  shortened: string[];
  profile_axis: number[];
  laws: { tolerance: number; lasting: number; landed: number };
  runs: Run[];
  page: PageSettings;
  words: Words;
  descent: { rows: number; width: number; points: Float32Array };
  valley?: Valley;
  flattest_start: number[] | null;
  /** Where it is but the first part of it. */
  part?: "iterates";
};

/** What is asked of the server for a run, and how its answer is to be taken. */
type Asked = {
  query: Query;
  steps?: number | null;
  dragged?: boolean;
  whole?: boolean;
  /** Which opening it belongs to, and what of the page went with it. */
  opening?: number;
  carried?: Query;
  notices?: Message[];
};

/** What a server says. */
type Said = { status: number; body: any; unread?: string };

/** Who is told what becomes of what was asked. */
type Heard = {
  run: (result: Result, asked: Asked) => void;
  refused: (problems: Message[], nearest: string, asked: Asked) => void;
  failed: (words: string) => void;
  busy: (yes: boolean) => void;
};

/** The playhead, as far as requests go by it. */
type Playing = { playing: boolean; pace: number };

// ---- Γ and heights ----

/** A curve of Γ: its points flat, the length from its first point, λ₁. */
type Curve = { d: number; rows: number; x: Float32Array; arc: Float64Array; sharpness: Float32Array };

type Valley = { d: number; flattest: number[][]; sharpness_range: Span; curves: Curve[] };

/** √L and λ₁ on a grid over a view. */
type Heights = { view: View; rows: number; columns: number; root: Float32Array; sharpness: Float32Array | null };

/** The plane through Φ(x_t) that v₁ and the drift direction span. */
type Plane = { origin: number; center: number[]; along: number[]; across: number[] };

type Section = Heights & Plane & { at: number; whole: View };

// ---- what a picture is painted from ----

type Colour = number[]; // red, green, blue

type Inks = Record<string, any> & {
  card: string;
  ink: string;
  soft: string;
  line: string;
  even: string;
  odd: string;
  theory: string;
  curvature: string;
  rod: string;
  threshold: string;
  flow: string;
  warn: string;
  runs: string[];
  scale: Colour[];
  heights: Colour[];
};

type Halved = { eta: number; step: number; gap: number; run: Run };

type Scene = {
  result: Result;
  d: number;
  inks: Inks;
  focus: number;
  clock: Clock;
  axis: "linear" | "log";
  strobe: Strobe;
  look: Look;
  lens: "on" | "off";
  ghost: Ghost;
  /** Beside the run in focus, where it is wanted and has come. */
  rod: Rod | null;
  /** Where a hand has put it, as shares of the picture. */
  lensAt: Point | null;
  /** What is shown of why the run drifts. */
  why: Why | null;
  /** The place of the run that the one in focus is compared with. */
  against: number;
  /** Whether axes stay as they are. */
  locked: boolean;
  /** Whether the panel that tells the gap has been taken away. */
  gapHidden: boolean;
  panel: PanelName;
  at: number;
  /** How far the iterate is on its way to the next step. */
  hop: number;
  steps: number[];
  valley: Valley | null;
  section: Section | null;
  sheet: Heights | null;
  heights: Heights | null;
  halved: Halved | null;
};

/** Two steps of a run in a row, as /nudge.json has them, and how far they have been shown. */
type Why = {
  at: number;
  x: number[][];
  foot: number[];
  across: number[];
  along: number[];
  hops: number[];
  drifts: number[];
  left: number;
  law: number;
  formula: string;
  share: number;
  /** What the step does to what gradient flow conserves; nothing where that is not known. */
  ledger?: string;
};

/** How far each part of it has come. */
type WhyParts = Record<"go" | "back" | "cancel" | "add" | "half", number>;

/** What it is painted from: points and ways in pixels. */
type WhyDrawn = {
  parts: WhyParts;
  kinds: Kind[];
  inks: string[];
  points: Point[];
  middle: Point;
  u: number[];
  v: number[];
  aside: Point;
};

/** A round magnifier: what is in its middle and where it lies, in pixels. */
type Lens = { middle: Point; at: Point; radius: number; power: number };

type Box = { left: number; top: number; width: number; height: number };

/** The axes of a Plotly graph, in units of which each is some pixels of the page. */
type Frame = Box & {
  unit: number;
  x: (value: number) => number;
  y: (value: number) => number;
  dataX: (place: number) => number;
  dataY: (place: number) => number;
  rangeX: Span;
  rangeY: Span;
  section?: Plane | null;
  /** What the figure is about. */
  of?: StillOf;
};

/** Where a lens finds iterates and points of Γ, and how long a one is across: in space that is not the same everywhere. */
type Ground = Box & {
  place: (part: Part) => Place;
  /** The same of points of which no loss is known, where that matters. */
  walls?: (part: Part) => Place;
  floor: (column: ArrayLike<number>) => Place;
  one: number;
  /** Pixels of the rows of Γ, where they are known. */
  curves?: Point[][];
  /** What a lens in a corner keeps away from, beside Γ and runs. */
  apart?: Point[];
  /** Of a surface at a row, its height across the valley, by a share from −1 to 1. */
  wall?: (part: Part, row: number, nodes: number[]) => Place | null;
};

type Pen = CanvasRenderingContext2D;

/** A line or mark of a key, with its left end at a place; and what it is the sample of. */
type Sample = (pen: Pen, ink: string, x: number, y: number) => void;
type Named = { text: string; ink: string; symbol: string; sample: Sample };

/** A canvas that knows its size, in units of some pixels of the page. */
type Sheet = HTMLCanvasElement & { size: Size; unit?: number; fine?: number; measure: () => void };

/** What marks are painted from. */
type Marked = { inks: Inks; strobe: Strobe; result: { runs: any[] } };

/** What an ink is chosen by. */
type Inked = { inks: Inks; result: { runs: any[] } };

/** What the pointer finds on a panel. */
type Found = {
  x: number;
  y: number;
  run?: Run;
  i?: number;
  part?: Part;
  row?: number;
  symbol?: string;
  distance?: number;
};

/** The row nearest to a pixel, and where it is; farther than all where there is none. */
type Near = { row: number; x: number; y: number; distance: number };

/** A Plotly graph. */
type Graph = HTMLElement & {
  on: (event: string, hear: (...given: any[]) => void) => void;
  data: any[];
  layout: any;
  _fullLayout: any;
};

/** A panel that can be pointed at. */
interface Probed {
  probe(scene: Scene, x: number, y: number): Found | null;
}

interface Painter {
  paint(scene: Scene): void;
  reset(dragged?: boolean): void;
  shows?(scene: Scene): boolean;
  probe?(scene: Scene, x: number, y: number): Found | null;
}

// ---- the landscape in space ----

type Angles = { yaw: number; pitch: number; zoom: number };

/** A view of the box. */
type Eye = {
  width: number;
  height: number;
  right: number[];
  up: number[];
  ahead: number[];
  eye: number[];
  scale: number;
  left: number;
  top: number;
};

/** The box with the heights that fill it. */
type Grid = {
  x: Span;
  y: Span;
  low: number;
  top: number;
  /** Of the heights, where there are some. */
  rows?: number;
  columns?: number;
  heights: Float32Array | null;
  tints?: Float32Array;
  colours: Colour[];
  names: string[];
};

// ---- the lab ----

type Plot = "regimes" | "rate" | "collapse" | "flatness" | "crowd";

/** What the server makes of a link of the lab. */
type Meaning = {
  settings: any;
  notices: Message[];
  query: string;
  caption: string;
  shortened: string[];
  stage: string;
  rule_parameters?: Parameter[];
  /** What an axis of a map may show. */
  offered?: { name: string; words: string }[];
};

type Refusal = { problems: Message[]; nearest: string };

type Fate = { value: number; name: string; sentence: string };

/** What goes across a map and upwards: η, starts, or another number and its values. */
type AxesHead = {
  axes: { name: string; symbol: string; values: number[] }[];
  etas: number[];
  starts: number[][];
  positions: number[];
  settings: any;
};
type ShownAxis = AxisKind & { values: number[]; title: string };
/** A number that a run of a map has of its own. */
type Own = { name: string; symbol: string; value: number };

/** The header of /regimes.bin. */
type MapHead = Meaning &
  AxesHead & {
    rows: number;
    columns: number;
    variables: string[];
    fates: Fate[];
    story: string;
    /** Step sizes up to which it can settle: at the flattest minimum, and from each start; null where it is not known. */
    settles: { flattest: number | null; starts: (number | null)[] } | null;
  };

type MapRecord = {
  row: number;
  outcome: Float32Array;
  sharpness: Float32Array;
  period: Float32Array;
  steps: Float32Array;
};

type Cursor = { row: number; column: number };

type OrbitData = Meaning &
  AxesHead & {
    fates: Fate[];
    keep: number;
    step: number;
    start: number[];
    column: number;
    offset: Float32Array;
    loss: Float32Array;
    sharpness: Float32Array;
    exponent: Float32Array;
    fate: Float32Array;
  };

/** A scale of an axis, from values to pixels and back. */
type Scale = {
  kind: "linear" | "log";
  low: number;
  high: number;
  from: number;
  to: number;
  at: (value: number) => number;
  of: (pixel: number) => number;
};

type AxisKind = { kind: "linear" | "log"; range: Span };
type Margin = { left: number; right: number; top: number; bottom: number };
type Axes = Box & { x: Scale; y: Scale };
type Tick = { value: number; text: string };

/** Values of a run against a clock. */
type TimeCurve = { times: number[]; values: number[] };

type GapPoint = { eta: number; gap: number };
/** What was measured at one step size: the median and the largest gap, and each with its lopsidedness. */
type GapCloud = GapPoint & { envelope: number; gaps: number[]; lopsidedness: number[] };
/** A line of a plot over what stands across it. */
type NamedLine = { line: ((across: number) => number) | null; ink: string; dash: number[]; text: string };
/** What gaps are shown against. */
type RateView = "eta" | "lopsided";

/** Coordinates of rows, for Plotly. */
type Placing = (rows: number[]) => { x: number[]; y: number[] };

interface Parser {
  push(chunk: Uint8Array): any[];
  readonly isWhole: boolean;
}

/** What a page that needs no server holds: of a run of which, and at which step. */
type HeldAs = {
  name: string;
  /** Of a run that is asked about: which, and where. */
  rule: string | null;
  eta: number | null;
  steps: number | null;
  at: number | null;
  /** Its place, where it is a branch. */
  branch?: number | null;
  view: string | null;
};
type Held = HeldAs & { content: ArrayBuffer };

/** Of a loss, on a site that needs no server. A file is named by its content. */
type HeldLoss = { families: HeldFamily[]; runs: HeldRuns[] };
/** Runs from one start, and what else their picture is painted from. */
type HeldFile = HeldAs & { file: string };
type HeldFamily = { figures: string; held: HeldFile[] };
/** What a server says of runs: the header of its answer, and files with the rest. */
type HeldRuns = { family: number; header: Omit<Result, "runs"> & { runs: any[] }; files: string[] };

interface Window {
  edgewalkHeld: Held[];
  dash_clientside: {
    set_props: (id: string, changes: Record<string, any>) => void;
  };
  Plotly: {
    react: (graph: Graph, data: any, layout: any, config?: any) => void;
    relayout: (graph: Graph, changes: Record<string, any>) => void;
    newPlot: (place: HTMLElement, data: any, layout: any, config: any) => Promise<Graph>;
    purge: (place: HTMLElement) => void;
    Plots: { resize: (graph: Graph) => void };
    toImage: (figure: any, options: Record<string, any>) => Promise<string>;
  };
}

// ---- views of the panels ----

/** What the magnifier across shows: its unit, half-width in units, and L as a share of the top. */
type AcrossView = { unit: number; half: number; top: number; loss: (u: number) => number };
type AcrossFrame = { x: (u: number) => number; y: (v: number) => number };
type AlongFrame = { left: number; x: (s: number) => number; y: (value: number) => number };
type GapFrame = {
  head: number;
  x: (time: number) => number;
  time: (pixel: number) => number;
  y: (gap: number) => number;
};

/** The stretch of Γ that is in view, counted from the flattest point, at `zero` of the curve's length. */
type AlongView = {
  curve: Curve;
  zero: number;
  period: number;
  flattest: number[];
  low: number;
  high: number;
  bottom: number;
  top: number;
};

type Edges = { left: number; right: number; top: number; bottom: number };
type AlignmentFrames = { sets: any; angle: any; part: any };

/** What stands in the box: its grid, and where an iterate and a point of Γ stand in it. */
type Shape = {
  grid: (scene: Scene) => Grid | null;
  point: (part: Part) => Place3;
  floor: (column: ArrayLike<number>) => Place3;
  onto: (grid: Grid, column: ArrayLike<number>) => Place3;
};

/** From data to pixels, for the box as it is turned. */
type SolidFrame = Box & { unit: number; shape: Shape; grid: Grid; view: Eye; at: (point: number[]) => number[] };

type Band = { name: Phase["name"]; first: number; from: number; to: number };

type OrbitView = "offset" | "scaled" | "sharpness" | "exponent";

type LabScene = {
  inks: Inks;
  fateInks: string[];
  cells: any;
  cursor: Cursor | null;
  axes: { across: ShownAxis; up: ShownAxis };
};
type MapScene = LabScene & { window: Span[] | null } & {
  colour: "fate" | "sharpness";
  slice: number;
  only: number | null;
};
type OrbitScene = LabScene & { orbit: OrbitData; orbitView: OrbitView };

// ---- the page ----

/** A part of the page: what any of them can have. */
type Control = Graph & {
  value: string;
  placeholder: string;
  disabled: boolean;
  href: string;
  open: boolean;
  selectedOptions: HTMLCollectionOf<HTMLOptionElement>;
  showModal: () => void;
  close: () => void;
};

// ---- what the pages show ----

/** Whether to play, where the playhead was put, and by how many steps of the run in focus it was moved since. */
type Pressed = { readonly playing: boolean; readonly at: number | null; readonly moved: number };

type StageState = {
  /** Of a run: the settings that are not defaults, as the text of the link. */
  readonly query: Readonly<Query>;
  /** Whether controls may say another thing than the runs: what was refused, or put right, or brought by a loss. */
  readonly behind: boolean;
  /** Counts the links and losses that were opened; of the runs on screen, that which they are of. */
  readonly opening: number;
  readonly shown: number;
  /** Whether what was opened last is still to come, and what has been pressed meanwhile. */
  readonly veiled: boolean;
  readonly pressed: Pressed;
  /** What of the page goes with an opening, until its runs have come. */
  readonly carried: Readonly<Query>;
  /** Of the link, but no setting of a run: `hide` and `embed`. */
  readonly frame: Readonly<Query>;
  readonly view: Readonly<Chosen & Record<string, any>>;
  /** The last runs that came, and which of them the magnifiers, the laws and the numbers are about. */
  readonly result: Result;
  readonly focus: number;
  /** The place of the run that is to be in focus once it has come. */
  readonly toFocus: number | null;
  /** Of the run in focus, before η was halved. */
  readonly halved: Halved | null;
  /** The horizon: in what it is told, and what it is in time once a person has set it. */
  readonly unit: "tau" | "steps";
  readonly tau: number | null;
  readonly inks: Inks;
  /** What the landscape is drawn for, and how often all of it was shown. */
  readonly picture: { readonly view: View | null; readonly zoom: number };
  /** Of the last section, all that is worth seeing. */
  readonly whole: { subject: string; view: View } | null;
  /** What the axes of the clock were last made to show, and a person's own ranges there. */
  readonly framed: Framed;
  readonly own: Span[] | null;
  readonly lensAt: Point | null;
  /** Of the run in focus the step from which it is shown why it drifts, and how far that has come. */
  readonly why: { step: number; share: number } | null;
  /** Whether the laws and the gap wait until a run reaches the edge. */
  readonly folded: boolean;
  /** Whether a new η holds from the playhead on, while it plays. */
  readonly goesOn: boolean;
  /** Whether axes stay as they are. */
  readonly locked: boolean;
  /** The still figures asked for last, and the turn of those on screen. */
  readonly still: Still | null;
  readonly stood: number;
  /** The last of each kind that came. */
  readonly answers: Readonly<Record<string, Answer>>;
};

type Framed = { key: string; kind: string; ranges: Span[] | null };

/** What a still figure is about; it comes back with the figure. */
type StillOf = { loss: string; zoom: number; turn: number };

/** What Dash draws still figures from. */
type Still = {
  loss: string;
  formula?: string;
  theta: [string, number][];
  look: Look;
  scheme: string;
  view: View;
  zoom: number;
  touch: boolean;
  unit: number;
  of: StillOf;
};

type AnswerKind = "valley" | "heights" | "sheet" | "section" | "nudge" | "rod";

/** A loss, and with the numbers in its formula as the text of a query. */
type About = { loss: string; subject: string };

/** What is wanted to paint from, by its address; of the same loss and look an older one will do until it comes. */
type Need = About & { kind: AnswerKind; address: string; look?: Look; run?: Run };
type Answer = Need & { found: any };

type StageEvent =
  | { type: "opens"; query: Query; carried: Query }
  | { type: "lifts" }
  | ({ type: "presses" } & Partial<Pressed>)
  | { type: "refuses"; problems: Message[]; asked: Asked }
  | { type: "mends"; query: Query; asked: Asked }
  | { type: "sets"; key: string; text: string; from?: number }
  | { type: "branches"; query: Query; focus?: number; several?: boolean; from: number }
  | { type: "returns"; query: Query; from: number }
  | { type: "halves"; halved: Halved; from: number }
  | { type: "takesUnit"; unit: "tau" | "steps" }
  | { type: "takesHorizon"; tau: number; from: number }
  | { type: "ran"; result: Result; asked: Asked; newest: boolean }
  | { type: "chooses"; name: string; value: any }
  | { type: "attends"; i: number }
  | { type: "movesLens"; at: Point | null }
  | { type: "explains"; step: number; share: number }
  | { type: "hasExplained" }
  | { type: "folds"; folded: boolean }
  | { type: "locks"; locked: boolean }
  | { type: "goesOn"; goesOn: boolean }
  | { type: "paintsIn"; inks: Inks }
  | { type: "showsWhole" }
  | { type: "sees"; of: StillOf | undefined; ranges: View }
  | { type: "frames"; framed: Framed }
  | { type: "seesTime"; ranges: Span[] | null }
  | { type: "showsAllTime" }
  | { type: "draws"; still: Still }
  | { type: "stands"; turn: number }
  | { type: "came"; answer: Answer };

// ---- what the lab shows ----

type LabState = {
  readonly plot: Plot;
  /** Of each plot its settings, as the text of the link. */
  readonly queries: Readonly<Record<Plot, Query>>;
  /** Counts the questions of each plot: what is set and what is asked. */
  readonly turns: Readonly<Record<Plot, number>>;
  /** The question of each that was sent last. */
  readonly asked: Readonly<Record<Plot, { turn: number; query: Query } | null>>;
  readonly progress: Readonly<Record<Plot, Progress>>;
  /** By plot, as the server understands its link: nothing left open. */
  readonly settings: Readonly<Record<string, any>>;
  /** The link of what each shows. */
  readonly pictured: Readonly<Record<Plot, Query | null>>;
  /** What is on its way, and has nothing to show yet. */
  readonly coming: Readonly<Record<Plot, Coming | null>>;
  /** Messages about a link that was put right, until its answer comes. */
  readonly mended: Message[] | null;
  readonly inks: Inks;
  readonly fateInks: string[];
  /** The map on screen, and its axes. */
  readonly cells: any;
  readonly axes: { across: ShownAxis; up: ShownAxis };
  readonly cursor: Cursor;
  /** The fate that is picked out. */
  readonly only: number | null;
  readonly orbit: OrbitData;
  readonly orbitView: OrbitView;
  readonly path: PathShown | null;
  readonly rate: RateState;
  readonly rateView: RateView;
  readonly collapse: CollapseState;
  readonly flatness: FlatnessState;
  /** What is seen of the map on screen, across and upwards, until that of another window comes; null where it is whole. */
  readonly window: Span[] | null;
  /** What the link said of the axes of a map before any of it was drawn larger. */
  readonly home: Query | null;
  readonly crowd: CrowdState;
};

/** How far an answer has come; of what comes in one piece there is no share. */
/** `left` by a person or for want of an answer, `short` for want of time that the server grants. */
type Progress = { at: "rest" | "under way" | "late" | "left" | "short"; share: number | null };

/** The header of an answer, and of a map the names of the loss's coordinates. */
type Coming = { head: Meaning; names?: string[]; own?: Float32Array };

/** A run, and Γ where it is a curve of the plane. */
type PathShown = { result: Result; valley: Valley | null };

type RateState = { head: any; points: GapCloud[]; fit: any; count: number };

type CollapseState = { result: Result; curves: Record<string, TimeCurve[]>; spreads: Record<string, number> };

/** A rule beside its flow, at shares of its own time: points of Γ and their flatness. */
type Way = { x: number[]; y: number[]; sharpness: number[]; trace: number[] };
type Course = { rule: string; eta: number; steps: number; share: number[]; flow: Way; run: Way } & Record<string, any>;
type FlatnessPlot = "along" | "sharpness" | "trace";
type FlatnessState = { head: any; courses: Course[] };

/** A step size of a crowd: what its runs have in common, and what became of each. */
type CrowdRow = {
  row: number;
  lower: number;
  median: number;
  upper: number;
  edge: number;
  crossed: number;
  diverged: number;
  lopsided: number;
  expected: number;
  outcome: Float32Array;
  sharpness: Float32Array;
  across: Float32Array;
};

type CrowdHand = "region" | "start";

/** Rows by their number, as far as they have come; the start that is pointed at; and the region while it is drawn. */
type CrowdState = {
  head: any;
  root: Float32Array;
  side: Float32Array | null;
  conserved: Float32Array | null;
  rows: CrowdRow[];
  count: number;
  pointed: number | null;
  draft: number[] | null;
  hand: CrowdHand;
};

type CrowdScene = {
  inks: Inks;
  fateInks: string[];
  crowd: CrowdState;
  crowdColour: "fate" | "sharpness";
  crowdSlice: number;
};

type PathScene = { inks: Inks; path: PathShown | null };
type RateScene = { inks: Inks; rate: RateState; rateView: RateView };
type FlatnessScene = { inks: Inks; flatness: FlatnessState; flatnessOf: "sharpness" | "trace" };
type CollapseScene = { inks: Inks; collapse: CollapseState };

type LabEvent =
  | { type: "shows"; plot: Plot; fit?: string[]; most?: number }
  | { type: "sets"; key: string; text: string }
  | { type: "returns"; plot: Plot; query: Query; home: Query | null }
  | { type: "takesLoss"; key: string }
  | { type: "opens"; plot: Plot; query: Query; problems?: Message[] }
  | { type: "staysAlong" }
  | { type: "asks"; plot: Plot; share: number | null }
  | { type: "lasts"; plot: Plot; turn: number }
  | { type: "ends"; plot: Plot; turn: number; early: boolean }
  | { type: "refuses"; plot: Plot; turn: number }
  | { type: "adopts"; plot: Plot; turn: number; meaning: Meaning; names?: string[]; own?: Float32Array }
  | { type: "row"; turn: number; record: MapRecord }
  | { type: "line"; turn: number; line: any }
  | { type: "ran"; turn: number; result: Result }
  | { type: "course"; turn: number; line: Course }
  | { type: "zooms"; window: Span[] }
  | { type: "unzooms" }
  | { type: "crowdRow"; turn: number; record: CrowdRow }
  | { type: "pointsStart"; pointed: number | null }
  | { type: "drafts"; draft: number[] | null }
  | { type: "hands"; hand: CrowdHand }
  | { type: "orbit"; question: string; found: OrbitData }
  | { type: "path"; question: string; found: PathShown }
  | { type: "points"; cursor: Cursor }
  | { type: "picks"; value: number }
  | { type: "looks"; orbitView: OrbitView }
  | { type: "weighs"; rateView: RateView }
  | { type: "paintsIn"; inks: Inks; fateInks: string[] };

/** A picture to keep: how it is painted, what its signs mean, and what stands above it. */
type Keepsake = {
  draw: (pen: Pen, size: Size, scene: any) => void;
  key: (scene: any) => any[];
  head?: (scene: any) => string;
  /** The answer that it shows, which may be older than the link; none where there is nothing to paint yet. */
  of: (scene: any) => { settings: any; caption?: string; shortened?: string[]; words?: any } | null;
};

interface LabPlot {
  ask(turn: number): void;
  stop(): void;
  paint(): void;
  /** Where nothing of it has come; of what comes in one piece no share is known. */
  readonly share: number | null;
  readonly pictures: Record<string, Keepsake>;
}

/** What the page does for its parts. */
interface LabPage {
  set(key: string, text: string): void;
  request(): void;
  adopt(plot: Plot, turn: number, meaning: Meaning, names?: string[], own?: Float32Array): void;
  refuse(plot: Plot, turn: number, refusal: Refusal): void;
  end(plot: Plot, turn: number, words?: string | null): void;
  endings(plot: Plot): Record<"refused" | "failed" | "stopped", (what: any, turn: number) => void>;
  keep(): () => void;
  setSlice(share: number): void;
  keepSlice(): () => void;
  setOrbitView(view: OrbitView): void;
  setRateView(view: RateView): void;
  setCrowdHand(hand: CrowdHand): void;
  readonly progress: { draw(): void };
  readonly tip: { show(rows: string[][], x: number, y: number): void; hide(): void };
}

// Every part of the pages is of HTML.
interface ParentNode {
  querySelector(selectors: string): HTMLElement | null;
  querySelectorAll(selectors: string): NodeListOf<Control>;
}
interface Element {
  closest(selectors: string): HTMLElement | null;
}

// ---- the study ----

/** Rows of `width` numbers. */
type Table = { values: ArrayLike<number>; count: number; width: number };
type Tables = Record<string, Table>;
/** A run of a study, as far as it is known. */
type StudyRun = Tables & { eta: any };
/** Its flow; `closes`: the slow time from which λ₁ and λ₂ are too near each other. */
type StudyFlow = Tables & { closes: any };
/** What is said of the network and its data. */
type StudyAbout = {
  settings: StudyMade;
  parameters: number;
  residuals: number;
  gap_closes: number | null;
  widths: number[];
  activation: string;
  shape: number[] | null;
  signs: boolean;
  targets: number[];
};
/** What is computed, with nothing left open. */
type StudyMade = { study: string; rule: string; etas: number[]; tau: number; seed: number };
type StudyMeaning = { settings: StudyMade; notices: Message[]; query: string };
type StudyAnswer = StudyMeaning & {
  known: boolean;
  about: StudyAbout | null;
  flow: StudyFlow | null;
  runs: StudyRun[];
  shown: Table | null;
};
/** How far the work is. */
type StudyJob = { state: string; words: string; share: number; left: number | null };
/** A line of /study.ndjson after the first. */
type StudyLine = StudyJob & { flow?: any; runs: any[] };
type StudyRates = Record<string, Record<string, { tau: number; etas: number[]; seeds: StudySeed[] }>>;
type StudySeed = { seed: number; gaps: number[]; way: number; sharpness: number[]; gap_closes: number | null };
type Distance = "gap" | "plane" | "rate";
type Layer = "weights" | "moved";
type StudyState = {
  query: Query; // as it stands in the link
  turn: number; // of the question that was asked last
  pending: boolean; // whether it has no answer yet
  made: StudyMade; // what is shown
  about: StudyAbout | null;
  flow: StudyFlow | null;
  runs: (StudyRun | null)[];
  shown: Table | null;
  known: boolean; // whether all of it has been computed
  job: StudyJob;
  rates: StudyRates;
  at: number; // of the playhead, a pair of `PAIRS`
  focus: number;
  distance: Distance;
  layer: Layer;
  inks: Inks;
};
type StudyEvent =
  | { type: "sets"; key: string; text: string }
  | { type: "opens"; query: Query }
  | { type: "asks" }
  | { type: "answers"; turn: number; answer: StudyAnswer }
  | { type: "means"; turn: number; meaning: StudyMeaning }
  | { type: "tells"; turn: number; line: StudyLine }
  | { type: "rests"; turn: number; words: string }
  | { type: "rates"; rates: StudyRates }
  | { type: "seeks"; at: number }
  | { type: "focuses"; focus: number }
  | { type: "chooses"; distance?: Distance; layer?: Layer }
  | { type: "paintsIn"; inks: Inks };
/** What a panel is painted from: the record, and of each run the row at the playhead. */
type StudyScene = StudyState & { time: number; rows: number[]; run: StudyRun | null; row: number; limiting: boolean };
type StudyPanel = {
  draw: (pen: Pen, size: Size, scene: StudyScene) => void;
  aside?: (scene: StudyScene) => string; // beside its title
  title?: (scene: StudyScene) => string;
  values?: (scene: StudyScene) => [string, number][]; // at a time, beside the pointer
  key: (scene: StudyScene) => import("./picture.mjs").Entry[]; // below a picture
};
/** What the work of a study is told to. */
interface StudyHears {
  hears: (line: any, turn: number) => void;
  ended: (turn: number) => void;
  refused: (refusal: Refusal) => void;
}
