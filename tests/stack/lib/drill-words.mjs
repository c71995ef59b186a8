// What a drill says, in both languages.
export const words = {
    en: {
        making: (fault, meaning) => `making the fault ${fault}: ${meaning}`,
        made: 'the fault is made',
        verdict: ({ cause, severity, hop }) => `Gatewatch says ${cause} (${severity}, ${hop})`,
        well: 'Gatewatch says that all is well',
        page: 'a page arrives: somebody is woken, and reads',
        ticket: (receiver) => `a ticket arrives (receiver "${receiver}"): nobody is woken; it says`,
        none: (seconds) => `nothing has come within ${seconds} s: nobody would have been told`,
        mending: 'mending; a Ctrl-C does not stop this ...',
        mended: 'the fault is mended',
        resolved: (name) => `resolved: ${name}`,
        over: 'the incident is over',
    },
    zh: {
        making: (fault, meaning) => `正在注入故障 ${fault}：${meaning}`,
        made: '故障已注入',
        verdict: ({ cause, severity, hop }) => `Gatewatch 的结论：${cause}（${severity}，${hop}）`,
        well: 'Gatewatch 的结论：一切正常',
        page: '收到呼叫，有人会被叫醒，看到的内容是：',
        ticket: (receiver) => `收到工单（接收者“${receiver}”），不会叫醒任何人，内容是：`,
        none: (seconds) => `${seconds} 秒内没有收到任何通知：不会有人知道`,
        mending: '正在修复，Ctrl-C 不会打断 ……',
        mended: '故障已修复',
        resolved: (name) => `已恢复：${name}`,
        over: '事件结束',
    },
};
