/** Gives out producer ids from blocks that the controller reserves. (contract; implementation to come) */
export interface ProducerIds {
  /** A producer id that nobody has had. */
  next(): Promise<number>;
}
