// Compiles elementwise.inc once per instruction set and dispatches on mk_level().
#include "elementwise.h"

#include "isa.h"
#include "targets.h"

struct elementwise {
    void (*add)(float *, const float *, const float *, size_t);
    void (*axpy)(float *, float, const float *, size_t);
    void (*scale)(float *, float, size_t);
    double (*sum)(const float *, size_t);
    double (*sum_squares)(const float *, size_t);
    float (*dot)(const float *, const float *, size_t);
    float (*rms_norm)(const float *, const float *, float *, size_t, float);
    void (*rms_norm_backward)(const float *, const float *, const float *, float, float *, float *, size_t, int);
    void (*rotary)(float *, const float *, const float *, size_t, size_t, float);
    void (*silu_mul)(const float *, const float *, float *, size_t);
    void (*silu_mul_backward)(const float *, const float *, const float *, float *, float *, size_t);
    void (*gelu_mul)(const float *, const float *, float *, size_t);
    void (*gelu_mul_backward)(const float *, const float *, const float *, float *, float *, size_t);
    void (*multiply)(float *, const float *, size_t);
    void (*soft_cap)(float *, float *, size_t, float, float);
    void (*softmax)(float *, size_t, float);
    void (*softmax_backward)(float *, const float *, float, float, size_t);
    double (*logsumexp)(const float *, size_t);
    void (*softmax_scaled)(float *, double, float, size_t);
    double (*divergence)(const float *, const float *, float *, size_t, float, float, float);
    size_t (*argmax)(const float *, size_t);
    void (*adamw)(float *, const float *, float *, float *, size_t, float, float, float, float, float, float, float,
                  float);
    void (*sgd)(float *, const float *, float *, size_t, float, float, float, float, int);
    void (*lion)(float *, const float *, float *, size_t, float, float, float, float, float);
    void (*dropout)(const float *, float *, size_t, uint64_t, uint64_t, float, int);
    void (*add_uniform)(float *, size_t, uint64_t, uint64_t, float);
};

#define BODY "elementwise.inc"
#include "each_level.inc"
static const struct elementwise *const tables[MK_LEVELS] = EACH_LEVEL(&table);

#define T (tables[mk_level()])

void mk_add(float *y, const float *a, const float *b, size_t n) { T->add(y, a, b, n); }
void mk_axpy(float *y, float a, const float *x, size_t n) { T->axpy(y, a, x, n); }
void mk_scale(float *y, float a, size_t n) { T->scale(y, a, n); }
double mk_sum(const float *x, size_t n) { return T->sum(x, n); }
double mk_sum_squares(const float *x, size_t n) { return T->sum_squares(x, n); }
float mk_dot(const float *a, const float *b, size_t n) { return T->dot(a, b, n); }
float mk_rms_norm(const float *x, const float *gain, float *y, size_t n, float epsilon) {
    return T->rms_norm(x, gain, y, n, epsilon);
}
void mk_rms_norm_backward(const float *dy, const float *x, const float *gain, float inverse_rms, float *dx,
                          float *d_gain, size_t n, int accumulate) {
    T->rms_norm_backward(dy, x, gain, inverse_rms, dx, d_gain, n, accumulate);
}
void mk_rotary(float *x, const float *cosine, const float *sine, size_t heads, size_t half, float direction) {
    T->rotary(x, cosine, sine, heads, half, direction);
}
void mk_silu_mul(const float *gate, const float *up, float *y, size_t n) { T->silu_mul(gate, up, y, n); }
void mk_silu_mul_backward(const float *gate, const float *up, const float *dy, float *d_gate, float *d_up,
                          size_t n) {
    T->silu_mul_backward(gate, up, dy, d_gate, d_up, n);
}
void mk_gelu_mul(const float *gate, const float *up, float *y, size_t n) { T->gelu_mul(gate, up, y, n); }
void mk_gelu_mul_backward(const float *gate, const float *up, const float *dy, float *d_gate, float *d_up,
                          size_t n) {
    T->gelu_mul_backward(gate, up, dy, d_gate, d_up, n);
}
void mk_multiply(float *y, const float *x, size_t n) { T->multiply(y, x, n); }
void mk_soft_cap(float *s, float *slope, size_t n, float scale, float cap) { T->soft_cap(s, slope, n, scale, cap); }
void mk_softmax(float *s, size_t n, float scale) {
    if (n) T->softmax(s, n, scale);
}
void mk_softmax_backward(float *dp, const float *p, float delta, float scale, size_t n) {
    T->softmax_backward(dp, p, delta, scale, n);
}
double mk_logsumexp(const float *x, size_t n) { return n ? T->logsumexp(x, n) : -__builtin_inf(); }
void mk_softmax_scaled(float *logits, double logsumexp, float scale, size_t n) {
    T->softmax_scaled(logits, logsumexp, scale, n);
}
double mk_divergence(const float *z, const float *t, float *gradient, size_t n, float inverse_temperature, float beta,
                     float scale) {
    return T->divergence(z, t, gradient, n, inverse_temperature, beta, scale);
}
size_t mk_argmax(const float *x, size_t n) { return n ? T->argmax(x, n) : 0; }
void mk_adamw(float *p, const float *g, float *m, float *v, size_t n, float g_scale, float rate, float beta1,
              float beta2, float epsilon, float decay, float correction1, float correction2) {
    T->adamw(p, g, m, v, n, g_scale, rate, beta1, beta2, epsilon, decay, correction1, correction2);
}
void mk_sgd(float *p, const float *g, float *buffer, size_t n, float g_scale, float rate, float momentum,
            float decay, int first) {
    T->sgd(p, g, buffer, n, g_scale, rate, momentum, decay, first);
}
void mk_lion(float *p, const float *g, float *m, size_t n, float g_scale, float rate, float beta1, float beta2,
             float decay) {
    T->lion(p, g, m, n, g_scale, rate, beta1, beta2, decay);
}
void mk_dropout(const float *x, float *y, size_t n, uint64_t key, uint64_t first, float p, int accumulate) {
    T->dropout(x, y, n, key, first, p, accumulate);
}
void mk_add_uniform(float *y, size_t n, uint64_t key, uint64_t first, float scale) {
    T->add_uniform(y, n, key, first, scale);
}
