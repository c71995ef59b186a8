// NestJS describes classes by decorators. They are plain functions, and calling them by hand lets the
// application run as it is written, without a compiler. Used by every class of the backend that Nest has to
// construct or call.

// Applies method decorators, such as Get('/health'), to the named method of a class.
export function onMethod(type, name, ...decorators) {
    const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
    for (const decorate of decorators) decorate(type.prototype, name, descriptor);
    Object.defineProperty(type.prototype, name, descriptor);
}

// Says which decorator (Body(), for one) supplies the method's parameter at this index.
export function onParameter(type, name, index, decorate) {
    decorate(type.prototype, name, index);
}

// Says which classes Nest passes to the constructor.
export function constructedWith(type, ...dependencies) {
    Reflect.defineMetadata('design:paramtypes', dependencies, type);
}
