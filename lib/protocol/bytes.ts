/**
 * Kafka's primitive types over Buffers: everything on the wire and in Kafka's logs goes through `Reader` and `Writer`.
 * This is the door that other folders use.
 */
export { DecodeError, maxLong, Reader, usualElementsMax } from './reader';
export { zeroUuid } from './uuid-text';
export { EncodeError, Writer } from './writer';
