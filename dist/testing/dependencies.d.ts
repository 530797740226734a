export declare class Dependencies {
    #private;
    /** Renders dependencies one by one; each script's load is awaited before the next is begun. */
    render(dependencies: readonly unknown[]): Promise<void>;
}
