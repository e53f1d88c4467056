/** The shapes of docs/socket-messages.md, as the page sees them. Times are microseconds of the lab's virtual clock. */

export type Power = "off" | "booting" | "on" | "paused" | "stopping";

export interface NodeEntity {
  name: string;
  ip: string;
  cpus: number;
  memory: number;
  power: Power;
  engine: boolean;
  swarm: "inactive" | "pending" | "active" | "error" | "locked";
  error: string;
  id: string;
  role: "manager" | "worker" | "";
  availability: "active" | "pause" | "drain" | "";
  state: "ready" | "down" | "unknown" | "disconnected" | "";
  reachability: "reachable" | "unreachable" | "";
  leader: boolean;
  message: string;
  labels: Record<string, string>;
  containers: number;
}

export interface RaftEntity {
  role: "leader" | "follower" | "candidate";
  term: number;
  leader: string;
  votes: string[];
  voted: string;
  commit: number;
  last: number;
  applied: number;
  members: string[];
  quorum: boolean;
}

export interface Port {
  published: number;
  target: number;
  protocol: string;
  mode: string;
}

export interface ServiceEntity {
  id: string;
  name: string;
  image: string;
  mode: string;
  wanted: number;
  running: number;
  ports: Port[];
  update: { state: string; message: string } | null;
  /** While it is updated: versions whose tasks are still to be replaced, how many run that are not, and the image before. */
  outdated?: number[];
  current?: number;
  previous?: string;
  /** Names of the networks that its tasks are on. */
  networks?: string[];
}

export interface TaskEntity {
  id: string;
  service: string;
  name: string;
  slot: number;
  node: string;
  state: string;
  desired: string;
  error: string;
  message: string;
  since: number;
  image: string;
  /** Of the specification that it was made from. */
  version?: number;
  /** The swarm's id of its node: a machine may come back under an old name as another node. */
  node_id?: string;
}

export interface NetworkEntity {
  id: string;
  name: string;
  driver: string;
  subnet: string;
  ingress?: boolean;
}

export interface LinkEntity {
  a: string;
  b: string;
  cut: boolean;
  extra_ms: number;
  loss: number;
  since: number;
}

export interface FaultEntity {
  id: string;
  kind: string;
  text: string;
  nodes: string[];
  since: number;
}

export interface Partition {
  groups: string[][];
  since: number;
}

export interface Quorum {
  managers: number;
  reachable: number;
  needed: number;
  spare: number;
  has: boolean;
  leader: string;
  term: number;
}

export interface TimelineEntry {
  at: number;
  kind: string;
  text: string;
  node?: string;
  /** Its number, of an entry of kind "command". */
  command?: number;
}

export interface WayCommand {
  n: number;
  at: number;
  machine: string;
  line: string;
  exit: number | null;
}

export interface WayChange {
  object: string;
  id: string;
  text: string;
  before: Record<string, string> | null;
  after: Record<string, string> | null;
}

export interface WayStep {
  at: number;
  stage: "command" | "request" | "agreement" | "planning" | "placement" | "work" | "report" | "answer";
  title: string;
  text: string;
  nodes: string[];
  links: [string, string][];
  tasks: string[];
  changes: WayChange[];
  stops: boolean;
}

export interface Way extends WayCommand {
  steps: WayStep[];
  more: boolean;
  under_way: boolean;
}

export interface RaftEntry {
  index: number;
  term: number;
  committed: boolean;
  applied: boolean;
  elsewhere: "same" | "missing" | "other";
  by: string;
  text: string;
  changes: WayChange[];
  more: number;
}

export interface RaftPage {
  node: string;
  commit: number;
  applied: number;
  first: number;
  last: number;
  under_way: { at: number; sent: boolean; peer: string; word: string }[];
  entries: RaftEntry[];
}

export interface Check {
  /** HTML */
  text: string;
  met: boolean;
  saw: string;
}

export interface StepProgress {
  id: string;
  title: string;
  done: boolean;
  /** Its solution was played for the learner. */
  played?: boolean;
  checks: Check[];
}

export interface LessonProgress {
  slug: string;
  step: number;
  done: boolean;
  /** HTML about a typical mistake just made, or empty. */
  notice?: string;
  /** Which of the step's mistakes that is, -1 when it is none. */
  slip?: number;
  /** How often the same thing went wrong in this step. */
  failures?: number;
  /** The step whose solution is being played, or empty. */
  playing?: string;
  /** Another number when an address, a token or the key of the lab is another. */
  facts?: number;
  steps: StepProgress[];
}

export interface Clock {
  speed: number;
  paused: boolean;
  /** While a recording plays: the moment of its last input. */
  plays_until?: number | null;
  /** Whether there is something to undo. */
  undo?: boolean;
  /** What was undone last and can be done again. */
  redo?: string | null;
}

/** The parts of a view that are maps of entities by key. */
export interface Parts {
  nodes: Record<string, NodeEntity>;
  raft: Record<string, RaftEntity>;
  services: Record<string, ServiceEntity>;
  tasks: Record<string, TaskEntity>;
  networks: Record<string, NetworkEntity>;
  links: Record<string, LinkEntity>;
  faults: Record<string, FaultEntity>;
}

export type Part = keyof Parts;

/** The parts of a view that are replaced whole. */
export interface Fields {
  clock: Clock;
  partition: Partition | null;
  quorum: Quorum | null;
  lesson: LessonProgress | null;
  /** What the machines are made of: `emulated`, or a kind of real engines. */
  backend: string;
  /** What this backend cannot show, by part of the page, each with the sentence to show instead. */
  unseen: Record<string, string>;
}

export interface View extends Parts, Fields {
  n: number;
  now: number;
  timeline: TimelineEntry[];
}

export interface Message {
  from: string;
  to: string;
  kind: string;
  word: string;
}

export interface Delta {
  n: number;
  now: number;
  set?: { [P in Part]?: Parts[P] };
  gone?: { [P in Part]?: string[] };
  put?: Partial<Fields> & { timeline?: TimelineEntry[] };
  append?: { timeline?: TimelineEntry[] };
  messages?: Message[];
}

/** What one delta, or a whole new view, changed. */
export interface Change {
  whole: boolean;
  /** What is shown is another moment: how it came to that from the one before is nothing that happened. */
  another: boolean;
  parts: { [P in Part]: Set<string> };
  fields: Set<string>;
  entries: TimelineEntry[];
  messages: Message[];
}

export interface LessonStep {
  id: string;
  title: string;
  html: string;
  hints: number;
  /** HTML of the checks' sentences, in the lesson's language. */
  checks: string[];
  /** HTML of what is said about typical mistakes. */
  slips: string[];
}

export interface Lesson {
  slug: string;
  title: string;
  minutes: number;
  /** Where the learner types first. */
  terminal?: string;
  language: string;
  steps: LessonStep[];
  /** HTML of the questions at the end. */
  quiz: string[];
}

export interface LessonSummary {
  slug: string;
  title: string;
  minutes: number;
  summary: string;
  chapter: string;
  steps: number;
  language: string;
  /** Where the server has real engines: what does not work on them, null when nothing is known of that. */
  real?: { refused: boolean; because: string[] } | null;
}

/** Of the sandbox: what a lab begins with. */
export interface Opening {
  topology: string | { managers: number; workers: number; zones: number };
  situation: string;
}

/** Of the sandbox: what there is to see and to try in a lab that was made there. */
export interface SituationWords {
  slug: string;
  title: string;
  managers: number;
  workers: number;
  html: string;
}

export interface LabAnswer {
  id: string;
  situation?: string;
  token?: string;
  backend?: string;
  nodes: Record<string, { ip: string; engine: string }>;
  url?: string;
}

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Density = "roomy" | "close" | "dense";

/** How a node is drawn, decided from the view alone. */
export interface NodeFigure {
  name: string;
  row: "manager" | "worker";
  form: string;
  tone: "plain" | "calm" | "accent" | "bad" | "warn" | "grey";
  sign: string;
  extra: string;
  status: string;
  note: string;
  votes: number;
  sentence: string;
}

export interface TaskFigure {
  key: string;
  service: string;
  form: string;
  label: string;
  count: number;
  sentence: string;
  /** During an update: whether it is what the service's specification says by now. */
  age: "" | "new" | "old";
}

/** A network of the swarm, as it stands below the machines. */
export interface NetworkFigure {
  id: string;
  name: string;
  sentence: string;
  ingress: boolean;
  /** Services whose tasks are on it. */
  services: string[];
  ports: { published: number; name: string; service: string; sentence: string }[];
}

export interface Curve {
  from: Point;
  c1: Point;
  c2: Point;
  to: Point;
}
